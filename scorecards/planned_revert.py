"""When the drill itself began to revert at its planned time; a halt after that cut no test short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import (
    Event,
    RevertStarted,
    Started,
    TakenOver,
    TimeboxExtended,
    first_of,
    first_time_of_kind,
    has_any,
    read_plan,
    time_of,
)
from gameday.scorecards.pauses import paused_seconds

TOLERANCE_S = 0.01
"""The log rounds its times."""


def planned_revert(events: Sequence[Event]) -> float | None:
    """Return when the runner began to revert (CLOCK_MONOTONIC) at the end that the scenario plans; None if it did not.

    The revert of a process that took the drill over is not planned, whenever it comes.
    """
    begun, takeover = first_of(events, RevertStarted), first_of(events, TakenOver)
    if begun is None or (takeover is not None and takeover.seq < begun.seq):
        return None
    at = begun.happened
    is_due = any(at - start - paused_seconds(events, start, at) >= after for start, after in _planned_ends(events))
    return at if is_due else None


def _planned_ends(events: Sequence[Event]) -> Iterator[tuple[float, float]]:
    """Yield the start of each planned time, and how many seconds without pauses the drill goes on after it."""
    plan, started = read_plan(events), time_of(events, Started)
    since = first_time_of_kind(events, plan.ends.of) if plan.ends else None
    if plan.ends and since is not None:
        yield since, plan.ends.after - TOLERANCE_S
    if plan.timebox and started is not None and not has_any(events, TimeboxExtended):
        yield started, plan.timebox - TOLERANCE_S
