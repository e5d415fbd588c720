"""When drills ran in an environment, and when their faults were present: for whoever sees something odd there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gameday.app.finished_drills import list_project_drills

if TYPE_CHECKING:
    from gameday.events import Event
    from gameday.store.protocols import DrillReader


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A span of wall-clock time in seconds; `end` None: it is not over."""

    begin: float
    end: float | None

    def contains(self, at: float) -> bool:
        """Return True if the span has this time; people give whole seconds."""
        return math.floor(self.begin) <= at and (self.end is None or at <= math.ceil(self.end))


@dataclass(frozen=True, slots=True)
class DrillTimes:
    """One drill. `faults`: `latency on database` with each time it was present; empty while the drill runs."""

    drill: str
    span: TimeSpan
    faults: tuple[tuple[str, TimeSpan], ...] = ()


@dataclass(frozen=True, slots=True)
class DrillsAround:
    """The drills that ran in an environment at a time, and the last one that had ended by then."""

    running: tuple[DrillTimes, ...]
    before: DrillTimes | None


def find_drills(environment: str, at: float) -> DrillsAround:
    """Return what this host's store knows of this project's drills. Raises Refused if it cannot be read."""
    from gameday.store.open import open_read_only

    store = open_read_only()
    times = list(_iter_times(store, environment)) if store is not None else []
    earlier = [each for each in times if each.span.end is not None and math.ceil(each.span.end) < at]
    running = tuple(each for each in times if each.span.contains(at))
    return DrillsAround(running, max(earlier, key=lambda each: each.span.end or 0.0, default=None))


def _iter_times(store: DrillReader, environment: str) -> Iterator[DrillTimes]:
    for drill in list_project_drills(store):
        if store.environment(drill) == environment and (times := _times(drill, store.events(drill))) is not None:
            yield times


def _times(drill: str, events: Sequence[Event]) -> DrillTimes | None:
    """Return when a drill ran; None if it never started. Its faults are told after its end: before, they spoil it."""
    from gameday.events import Ended, Started, last_of

    started, ended = last_of(events, Started), last_of(events, Ended)
    if started is None:
        return None
    span = TimeSpan(started.wall, ended.wall if ended else None)
    return DrillTimes(drill, span, tuple(_fault_times(events)) if ended else ())


def _fault_times(events: Sequence[Event]) -> Iterator[tuple[str, TimeSpan]]:
    from gameday.events import FaultConfirmed, active_periods, of_type

    confirmed = [event.body for event in of_type(events, FaultConfirmed)]
    names = {body.marker: f"{body.fault_kind} on {body.target}" for body in confirmed}
    shift = events[0].wall - events[0].at
    for periods in active_periods(events).values():
        for period in periods:
            end = None if period.end is None else period.end + shift
            yield names[period.marker], TimeSpan(period.start + shift, end)
