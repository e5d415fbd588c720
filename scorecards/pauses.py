"""Pauses of a drill, among them each STOP after which it was resumed, and suspensions of the machine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import inf

from gameday.events import (
    Event,
    MachineSuspended,
    Paused,
    Resumed,
    ResumedAfterStop,
    Stopped,
    final_stops,
    of_type,
)


def pause_intervals(events: Sequence[Event]) -> list[tuple[float, float]]:
    """Return start and end of each pause in monotonic seconds; infinite for the end of one that was not resumed.

    A pause ends with a STOP that is resumed, and counts together with it.
    """
    intervals: list[tuple[float, float]] = []
    begun: float | None = None
    final = {stop.seq for stop in final_stops(events)}
    for event in sorted(of_type(events, Paused, Stopped, Resumed, ResumedAfterStop), key=_order):
        if isinstance(event.body, Paused | Stopped):
            begun = event.happened if begun is None and event.seq not in final else begun
        elif begun is not None:
            intervals, begun = [*intervals, (begun, event.happened)], None
    return intervals if begun is None else [*intervals, (begun, inf)]


def _order(event: Event) -> tuple[float, int]:
    return event.happened, event.seq


def paused_seconds(events: Sequence[Event], start: float, end: float) -> float:
    """Return the seconds of pauses between two times; a pause that was not resumed lasts until the end."""
    return sum(max(0.0, min(until, end) - max(since, start)) for since, until in pause_intervals(events))


def pause_at(events: Sequence[Event], at: float) -> float | None:
    """Return the start of the pause in which something happened; None if the drill was running then."""
    return next((since for since, until in pause_intervals(events) if since < at < until), None)


def running_intervals(events: Sequence[Event], start: float, end: float) -> list[tuple[float, float]]:
    """Return the parts of a period in which the drill was running: without pauses, and split at each suspension."""
    edges = [start, *(event.happened for event in of_type(events, MachineSuspended)), end]
    for pause in pause_intervals(events):
        edges += pause
    within = sorted({min(max(edge, start), end) for edge in edges})
    return [(since, until) for since, until in pairwise(within) if pause_at(events, (since + until) / 2) is None]


def first_suspension(events: Sequence[Event], start: float, end: float) -> float | None:
    """Return when the machine was first suspended between two times in monotonic seconds."""
    return _first(events, MachineSuspended, start, end)


def first_resumed_stop(events: Sequence[Event], start: float, end: float) -> float | None:
    """Return when STOP first reverted the faults between two times; of a STOP after which the drill was resumed."""
    final = {stop.seq for stop in final_stops(events)}
    return _first([event for event in events if event.seq not in final], Stopped, start, end)


def _first(events: Sequence[Event], kind: type[MachineSuspended | Stopped], start: float, end: float) -> float | None:
    times = (event.happened for event in of_type(events, kind) if start < event.happened < end)
    return min(times, default=None)
