"""Protocols of the store: the authority for reverts, a sink of events, a reader. One SQLite file is all three.

A caller depends on the one it needs, so that a team's shared database can take the sink and the reader over while the
authority stays on the runner's own disk: no revert waits for a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gameday.errors import Refused
from gameday.events import Event, NewEvent
from gameday.model import Reading
from gameday.process_identity import ProcessIdentity


class StoreError(Exception):
    """The store cannot be read or written."""


class StoreFull(StoreError):
    """The disk is full: nothing was written, and nothing else changed."""


class StoreBusy(StoreError):
    """The store has not answered in time: another process has locked it, or the disk is slow."""


class StoreLost(StoreError):
    """The store does not know the drill as it was: somebody replaced, restored or emptied the file."""

    def __init__(self, drill: str) -> None:
        super().__init__(f"the store was replaced and has no record of {drill}")


class Fenced(Exception):
    """Another process owns the drill now: this one may neither append nor apply."""


class EventReader(Protocol):
    """Drills that have no end yet, and the events of any drill."""

    def unfinished(self) -> list[str]:
        """Return the drills without an end, oldest first."""
        ...

    def events(self, drill: str, after: int = 0) -> list[Event]:
        """Return the drill's events with a sequence number above `after`, in order."""
        ...

    def events_of_kind(self, kind: str) -> list[Event]:
        """Return the events of one kind of all drills; those of a drill are in order."""
        ...

    def owner(self, drill: str) -> ProcessIdentity | None:
        """Return the process that owns the drill; None for an unknown drill."""
        ...

    def project(self, drill: str) -> str:
        """Return the folder of the drill's gameday.yaml; empty for the demo, and for an unknown drill."""
        ...

    def token_digest(self, drill: str) -> str:
        """Return the digest of the facilitator's token; empty for an unknown drill."""
        ...


def environment_in_use(drill: str, environment: str) -> Refused:
    """Return the refusal of a second drill in an environment."""
    return Refused(
        f"drill {drill} is still running in {environment}, and only one at a time can run there",
        "Join it: gameday attach. End it: gameday stop. Or wait for its end: gameday status",
    )


class RevertAuthority(EventReader, Protocol):
    """The append-only log on the runner's own disk, and who owns a drill. Reverts rest on it alone.

    Sequence numbers are per drill and without gaps. Every append of an owner names its epoch; an old one is refused,
    so a runner that was stopped and wakes up cannot go on. Raises StoreError where the disk does not let it."""

    def begin(
        self, drill: str, environment: str, mode: str, token_digest: str, owner: ProcessIdentity, project: str = ""
    ) -> int:
        """Record a new drill and its owner; return the first epoch.

        Raises Refused while another drill runs in this environment of this project."""
        ...

    def take_over(self, drill: str, owner: ProcessIdentity, known: int | None = None) -> int:
        """Become the owner and return the next epoch, which fences every older one.

        With `known`, raises Fenced unless that is still the epoch: of two simultaneous takeovers, one succeeds.
        Raises StoreLost for an unknown drill."""
        ...

    def epoch(self, drill: str) -> int:
        """Return the epoch in force; 0 for an unknown drill."""
        ...

    def beat(self, drill: str, epoch: int) -> None:
        """Record that the owner is alive. Raises Fenced."""
        ...

    def heartbeat_age(self, drill: str) -> float:
        """Return the seconds since the owner's last beat."""
        ...

    def append(self, drill: str, drafts: Sequence[NewEvent], epoch: int | None) -> list[Event]:
        """Append in one step that is durable on return.

        `epoch` None: from a process that does not own the drill. Raises Fenced, and StoreLost where the drill is
        unknown or its epoch is older than ours."""
        ...

    def provisional_event(self, drill: str, draft: NewEvent, epoch: int) -> Event:
        """Return the event as it would be, with number 0: for going on while it cannot be written."""
        ...


class EventSink(Protocol):
    """A copy of events and readings, keyed by drill and number: what arrives twice is stored once."""

    def put_events(self, events: Sequence[Event]) -> None:
        """Store events that have their numbers; leave those that are stored already."""
        ...

    def put_readings(self, drill: str, batch: int, readings: Sequence[Reading]) -> None:
        """Store one batch, about a second of readings; leave it if it is stored already."""
        ...


class DrillReader(EventReader, Protocol):
    """Everything about drills that a screen, a scorecard or a review reads."""

    def drills(self) -> list[str]:
        """Return all drills, oldest first."""
        ...

    def environment(self, drill: str) -> str:
        """Return the name of the drill's environment; empty for an unknown drill."""
        ...

    def readings(self, drill: str) -> list[Reading]:
        """Return all readings of the drill, in the order in which they were stored."""
        ...

    def readings_after(self, drill: str, batch: int) -> tuple[list[Reading], int]:
        """Return the readings stored after that batch, in order, and the number of the last batch."""
        ...

    def last_batch(self, drill: str) -> int:
        """Return the number of the last batch; 0 before the first."""
        ...


class DrillStore(RevertAuthority, EventSink, DrillReader, Protocol):
    """All three in one, as a runner without a shared database has them."""

    def close(self) -> None: ...

    def is_in_place(self) -> bool:
        """Return True if others who open the store find this one: nobody deleted or replaced its file."""
        ...
