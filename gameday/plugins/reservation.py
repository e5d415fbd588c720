"""Capability of an engine to reserve a place for one drill, and an occurrence of a schedule for one starter.

Machines that start drills have stores of their own; what they share is the engine. A place is as much of the engine as
one environment uses, such as a namespace.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gameday.errors import Refused
from gameday.model import Binding, Json
from gameday.plugins.types import Deadline


@dataclass(frozen=True, slots=True)
class Reservation:
    """A place that a drill has reserved. `place`: its name for people, such as `namespace shop`.

    `epoch` fences: another holder has another one. It lasts `seconds` from its last renewal. `address`: what the engine
    needs to find it again."""

    place: str
    holder: str
    epoch: int
    seconds: float
    address: Mapping[str, Json]


class AlreadyReserved(Refused):
    """Another drill has the place."""


@runtime_checkable
class Reservable(Protocol):
    """Capability to reserve a place. Every call raises Refused where the engine does not answer, or lacks the right."""

    def reservation_place(self, binding: Binding) -> str:
        """Return the identity of the target's place, without asking the engine: targets that share it have one."""
        ...

    def reserve(
        self, binding: Binding, holder: str, seconds: float, may_replace: Callable[[str], bool], deadline: Deadline
    ) -> Reservation:
        """Reserve the place of a target. Raises AlreadyReserved while another holder renews its reservation.

        `may_replace`: True for a holder that is known to be dead. Idempotent for one holder."""
        ...

    def renew_reservation(self, reservation: Reservation, deadline: Deadline) -> bool:
        """Renew it; return False if it is lost, because it expired or was removed and another holder may have come."""
        ...

    def find_stop_order(self, reservation: Reservation, deadline: Deadline) -> str:
        """Return the order of somebody with rights on the engine to stop all drills in the place; empty for none.

        `gameday-stop in namespace gameday: incident 4711`"""
        ...

    def release_reservation(self, reservation: Reservation, deadline: Deadline) -> None:
        """Remove it, unless another holder has the place. Idempotent."""
        ...

    def reservation_address(self, binding: Binding) -> Mapping[str, Json]:
        """Return where the target's place is, without asking the engine; an intent's address says it too."""
        ...

    def remove_dead_reservation(
        self, address: Mapping[str, Json], is_dead: Callable[[str], bool], deadline: Deadline
    ) -> None:
        """Remove the reservation of a place if its holder is dead, or has not renewed it in time."""
        ...

    def claim_occurrence(
        self, binding: Binding, schedule: str, scheduled: float, holder: str, deadline: Deadline
    ) -> str:
        """Record that `holder` starts the occurrence at `scheduled` (wall-clock seconds); return an empty text.

        Returns who has it, if another holder recorded this occurrence or a later one."""
        ...
