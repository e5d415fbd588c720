"""What the team set out to do by a time: seen, late, absent (as a person said) or not recorded.

Never a miss for want of a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from gameday.events import Event, PlannedObjective, first_time, of_kind, read_plan
from gameday.events.access import text
from gameday.model import Source
from gameday.moments import HUMAN_MOMENTS, Moment
from gameday.scorecards.censoring import paused

State = Literal["seen", "late", "absent", "not recorded"]


@dataclass(frozen=True, slots=True)
class Result:
    """One objective. `seconds` from the moment `of` to the moment `expect`; `within` None: no figure was agreed.
    `scripted`: a rehearsal's script did it."""

    id: str
    expect: str
    of: str
    within: float | None
    state: State
    seconds: float | None = None
    why: str = ""
    scripted: bool = False


def objectives(events: Sequence[Event]) -> tuple[Result, ...]:
    """Each objective of the plan. `absent` only where a person said so: an event `absent`, from a human, that
    names what it expects."""
    plan = read_plan(events)
    return tuple(_result(events, promise, plan.is_rehearsal) for promise in plan.objectives)


def _result(events: Sequence[Event], promise: PlannedObjective, script: bool) -> Result:
    if promise.every:
        return _cadence(events, promise, script)
    begun, found = first_time(events, promise.of), first_time(events, promise.moment)
    scripted = script and promise.moment in HUMAN_MOMENTS and found is not None
    if found is None and _said_absent(events, promise.moment):
        return _made(promise, "absent", None, "a person said so", False)
    if begun is None or found is None:
        missing = promise.moment if found is None else promise.of
        return _made(promise, "not recorded", None, f"{missing} was not recorded", scripted)
    seconds = max(0.0, found - begun) - paused(events, begun, found)  # the team's clock stands still in a pause
    if promise.within is None:
        return _made(promise, "seen", seconds, "the team has agreed on no time for it", scripted)
    return _made(promise, "seen" if seconds <= promise.within else "late", seconds, "", scripted)


def _cadence(events: Sequence[Event], promise: PlannedObjective, script: bool) -> Result:
    """Hold the longest time without the moment against the limit, from the one moment until mitigated or the end."""
    begun = first_time(events, promise.of)
    ended = first_time(events, Moment.MITIGATED, "reverting", Moment.END)
    times = sorted(event.happened for event in of_kind(events, promise.moment))
    if begun is None or ended is None or not times:
        missing = promise.moment if begun is not None else promise.of
        absent = begun is not None and _said_absent(events, promise.moment)
        why = "a person said so" if absent else f"{missing} was not recorded"
        return _made(promise, "absent" if absent else "not recorded", None, why, False)
    points = [begun, *(at for at in times if begun < at < ended), max(begun, ended)]
    longest = max(later - earlier - paused(events, earlier, later) for earlier, later in pairwise(points))
    state: State = "seen" if promise.within is None or longest <= promise.within else "late"
    return _made(promise, state, longest, "the longest time without it", script)


def _made(promise: PlannedObjective, state: State, seconds: float | None, why: str, scripted: bool) -> Result:
    return Result(promise.id, promise.moment, promise.of, promise.within, state, seconds, why, scripted)


def _said_absent(events: Sequence[Event], moment: str) -> bool:
    said = (e for e in events if e.kind == "not-done" and e.source is Source.HUMAN)
    return any(text(e.data, "moment") == moment for e in said)
