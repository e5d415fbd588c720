"""Looking things up in a drill's events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar, overload

from gameday.events.body import Body
from gameday.events.envelope import Event
from gameday.events.facilitation import ResumedAfterStop
from gameday.events.faults import FaultConfirmed
from gameday.events.lifecycle import Started
from gameday.events.measurements import Mitigated
from gameday.events.outcome import Stopped
from gameday.events.planned import Planned

A = TypeVar("A", bound=Body)
B = TypeVar("B", bound=Body)
C = TypeVar("C", bound=Body)


@overload
def of_type(events: Sequence[Event], first: type[A], /) -> Iterator[Event[A]]: ...
@overload
def of_type(events: Sequence[Event], first: type[A], second: type[B], /) -> Iterator[Event[A | B]]: ...
@overload
def of_type(
    events: Sequence[Event], first: type[A], second: type[B], third: type[C], /
) -> Iterator[Event[A | B | C]]: ...
@overload
def of_type(events: Sequence[Event], /, *types: type[Body]) -> Iterator[Event]: ...
def of_type(events: Sequence[Event], /, *types: type[Any]) -> Iterator[Event[Any]]:
    """Yield the events whose body is of these classes, in order of the log."""
    return (event for event in events if isinstance(event.body, types))


@overload
def first_of(events: Sequence[Event], first: type[A], /) -> Event[A] | None: ...
@overload
def first_of(events: Sequence[Event], first: type[A], second: type[B], /) -> Event[A | B] | None: ...
@overload
def first_of(events: Sequence[Event], /, *types: type[Body]) -> Event | None: ...
def first_of(events: Sequence[Event], /, *types: type[Any]) -> Event[Any] | None:
    """Return the event of these classes that happened first, whenever it was recorded."""
    return min(of_type(events, *types), key=lambda event: event.happened, default=None)


@overload
def last_of(events: Sequence[Event], first: type[A], /) -> Event[A] | None: ...
@overload
def last_of(events: Sequence[Event], /, *types: type[Body]) -> Event | None: ...
def last_of(events: Sequence[Event], /, *types: type[Any]) -> Event[Any] | None:
    """Return the event of these classes that was recorded last."""
    return max(of_type(events, *types), key=lambda event: event.seq, default=None)


def has_any(events: Sequence[Event], *types: type[Body]) -> bool:
    """Return True if one of the events is of these classes."""
    return any(isinstance(event.body, types) for event in events)


def time_of(events: Sequence[Event], *types: type[Body]) -> float | None:
    """Return the monotonic seconds at which the first event of these classes happened."""
    event = first_of(events, *types)
    return event.happened if event else None


def of_kind(events: Sequence[Event], *kinds: str) -> Iterator[Event]:
    """Yield the events of these kinds: for moments, whose names are kinds."""
    return (event for event in events if event.kind in kinds)


def first_of_kind(events: Sequence[Event], *kinds: str) -> Event | None:
    """Return the event of these kinds that happened first, whenever it was recorded."""
    return min(of_kind(events, *kinds), key=lambda event: event.happened, default=None)


def last_of_kind(events: Sequence[Event], *kinds: str) -> Event | None:
    """Return the event of these kinds that was recorded last."""
    return max(of_kind(events, *kinds), key=lambda event: event.seq, default=None)


def first_time_of_kind(events: Sequence[Event], *kinds: str) -> float | None:
    """Return the monotonic seconds at which the first event of these kinds happened."""
    event = first_of_kind(events, *kinds)
    return event.happened if event else None


def final_stops(events: Sequence[Event]) -> list[Event[Stopped]]:
    """Return the STOPs after which the drill was not resumed."""
    resumed = last_of(events, ResumedAfterStop)
    return [stop for stop in of_type(events, Stopped) if resumed is None or stop.seq > resumed.seq]


def mitigating_actions(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the actions that were begun before service was restored, in their order."""
    event = first_of(events, Mitigated)
    return event.body.actions if event else ()


def read_plan(events: Sequence[Event]) -> Planned:
    """Return the drill's plan; an empty one when the log does not begin with it."""
    event = first_of(events, Planned)
    return event.body if event else Planned()


def reference_time(events: Sequence[Event]) -> float:
    """Return the monotonic seconds that offsets are counted from: the fault, else the start, else the first event."""
    for kind in (FaultConfirmed, Started):
        at = time_of(events, kind)
        if at is not None:
            return at
    return events[0].happened if events else 0.0


def fault_summary(events: Sequence[Event]) -> str:
    """Return the faults as the plan has them: `latency delay 400ms on database`."""
    return "; ".join(fault.summary for fault in read_plan(events).faults)
