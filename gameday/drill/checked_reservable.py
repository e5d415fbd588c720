"""Wrapper around the capability to reserve: whatever goes wrong inside is a refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from typing_extensions import override

from gameday.errors import GamedayError, Refused
from gameday.model import Binding, Json
from gameday.plugins.reservation import Reservable, Reservation
from gameday.plugins.types import Deadline

T = TypeVar("T")


class Caller(Protocol):
    """Call with a deadline, and check the type of its result."""

    def __call__(self, kind: type[T], call: Callable[[], T], deadline: Deadline, /) -> T: ...


class CheckedReservable(Reservable):
    """Reservations of a wrapped injector."""

    def __init__(self, inner: Reservable, call: Caller) -> None:
        self._inner, self._call = inner, call

    @override
    def reservation_place(self, binding: Binding) -> str:
        return self._inner.reservation_place(binding)

    @override
    def reserve(
        self, binding: Binding, holder: str, seconds: float, may_replace: Callable[[str], bool], deadline: Deadline
    ) -> Reservation:
        inner = self._inner
        return self._checked(
            Reservation, lambda: inner.reserve(binding, holder, seconds, may_replace, deadline), deadline
        )

    @override
    def renew_reservation(self, reservation: Reservation, deadline: Deadline) -> bool:
        return self._checked(bool, lambda: self._inner.renew_reservation(reservation, deadline), deadline)

    @override
    def find_stop_order(self, reservation: Reservation, deadline: Deadline) -> str:
        return self._checked(str, lambda: self._inner.find_stop_order(reservation, deadline), deadline)

    @override
    def release_reservation(self, reservation: Reservation, deadline: Deadline) -> None:
        self._checked(type(None), lambda: self._inner.release_reservation(reservation, deadline), deadline)

    @override
    def reservation_address(self, binding: Binding) -> Mapping[str, Json]:
        return self._inner.reservation_address(binding)

    @override
    def remove_dead_reservation(
        self, address: Mapping[str, Json], is_dead: Callable[[str], bool], deadline: Deadline
    ) -> None:
        self._checked(type(None), lambda: self._inner.remove_dead_reservation(address, is_dead, deadline), deadline)

    @override
    def claim_occurrence(
        self, binding: Binding, schedule: str, scheduled: float, holder: str, deadline: Deadline
    ) -> str:
        inner = self._inner
        return self._checked(
            str, lambda: inner.claim_occurrence(binding, schedule, scheduled, holder, deadline), deadline
        )

    def _checked(self, kind: type[T], call: Callable[[], T], deadline: Deadline) -> T:
        try:
            return self._call(kind, call, deadline)
        except GamedayError:
            raise
        except Exception as error:
            raise Refused(str(error)) from error
