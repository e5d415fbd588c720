"""Objectives of the responders: met, late, absent (a person said so) or not recorded, which is not missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from gameday.events import (
    Ended,
    Event,
    Mitigated,
    MomentNotReached,
    PlannedObjective,
    RevertStarted,
    first_time_of_kind,
    of_kind,
    of_type,
    read_plan,
    time_of,
)
from gameday.model import Mode, Source
from gameday.moments import Moment
from gameday.scorecards.pauses import paused_seconds
from gameday.scorecards.scripted_moments import is_scripted

ObjectiveState = Literal["met", "late", "absent", "not recorded"]
ABSENT = "a person said that it did not happen"
LONGEST_GAP = "longest time without one"
BEFORE = "it came first"
"""Reason of an objective whose moment came before the one it is counted from."""


@dataclass(frozen=True, slots=True)
class ObjectiveResult:
    """One objective: `seconds` from the moment `of` until `moment`; `within` None: no time was agreed.

    `scripted`: a rehearsal's script did it, so it says nothing about people. `paused`: seconds of pauses in between,
    which do not count.
    """

    id: str
    moment: str
    of: str
    within: float | None
    state: ObjectiveState
    seconds: float | None = None
    reason: str = ""
    scripted: bool = False
    missing: tuple[str, ...] = ()
    """The moments that the log does not have."""
    paused: float = 0.0


def evaluate_objectives(events: Sequence[Event]) -> tuple[ObjectiveResult, ...]:
    """Return the result of each objective of the plan, in a solo drill without those of a team.

    Only a person's word makes one absent.
    """
    plan = read_plan(events)
    results = (_result(events, objective) for objective in plan.objectives)
    return tuple(result for result in results if plan.mode != Mode.SOLO or not _needs_a_team(result))


_OF_A_TEAM = frozenset({Moment.ASSEMBLED, Moment.IC_ANNOUNCED, Moment.HANDOVER})
"""Moments that need more than one responder."""


def _needs_a_team(result: ObjectiveResult) -> bool:
    """Return True for an objective that a solo drill did not reach because there was nobody else."""
    return result.state == "not recorded" and not _OF_A_TEAM.isdisjoint((result.moment, result.of))


def _result(events: Sequence[Event], objective: PlannedObjective) -> ObjectiveResult:
    if objective.every:
        return _repeated(events, objective)
    start = first_time_of_kind(events, objective.of)
    end = (
        first_time_of_kind(events, objective.moment)
        if start is None
        else find_moment_time(events, objective.moment, start)
    )
    if start is None or end is None:
        return _unmeasured(events, objective, start)
    scripted = is_scripted(events, (objective.of, start), (objective.moment, end))
    if end < start:
        return _new_result(objective, "met", None, BEFORE, scripted)
    paused = paused_seconds(events, start, end)
    seconds = end - start - paused  # the team does not work in a pause
    reason = "" if objective.within is not None else "no time was agreed"
    return replace(_new_result(objective, _state(objective, seconds), seconds, reason, scripted), paused=paused)


_COUNTED_FROM_START = (Moment.UPDATE, Moment.ACKNOWLEDGED)
"""Moments of which an early one, such as an acknowledgement before the page, does not hide the one that counts."""


def find_moment_time(events: Sequence[Event], moment: str, start: float) -> float | None:
    """Return when the moment happened first, in monotonic seconds; one of _COUNTED_FROM_START: first from `start` on.

    One that came only before `start` has its own time; None for a moment that never came.
    """
    times = sorted(event.happened for event in of_kind(events, moment))
    later = (at for at in times if at >= start) if moment in _COUNTED_FROM_START else iter(times)
    return next(later, times[0] if times else None)


def _repeated(events: Sequence[Event], objective: PlannedObjective) -> ObjectiveResult:
    """Compare the longest time without the moment with the limit, until service is restored or the drill ends."""
    start = first_time_of_kind(events, objective.of)
    end = time_of(events, Mitigated, RevertStarted, Ended)
    times = sorted(event.happened for event in of_kind(events, objective.moment))
    if start is None or end is None or not times:
        return _unmeasured(events, objective, start)
    points = [start, *(at for at in times if start < at < end), max(start, end)]
    paused = [paused_seconds(events, *gap) for gap in pairwise(points)]
    gaps = zip(pairwise(points), paused, strict=True)
    longest, pause = max((later - earlier - pause, pause) for (earlier, later), pause in gaps)
    scripted = is_scripted(events, (objective.of, start), *((objective.moment, at) for at in times))
    return replace(_new_result(objective, _state(objective, longest), longest, LONGEST_GAP, scripted), paused=pause)


def _unmeasured(events: Sequence[Event], objective: PlannedObjective, start: float | None) -> ObjectiveResult:
    at = first_time_of_kind(events, objective.moment)
    happened = at is not None
    if not happened and _is_absent(events, objective.moment):
        return _new_result(objective, "absent", None, ABSENT, False)
    missing = tuple(name for name in (objective.moment, objective.of) if first_time_of_kind(events, name) is None)
    named = objective.of if start is None and (happened or objective.every) else objective.moment
    scripted = at is not None and is_scripted(events, (objective.moment, at))
    result = _new_result(objective, "not recorded", None, f"{named} was not recorded", scripted)
    return replace(result, missing=missing)


def _state(objective: PlannedObjective, seconds: float) -> ObjectiveState:
    return "met" if objective.within is None or seconds <= objective.within else "late"


def _new_result(
    objective: PlannedObjective, state: ObjectiveState, seconds: float | None, reason: str, scripted: bool
) -> ObjectiveResult:
    return ObjectiveResult(
        objective.id, objective.moment, objective.of, objective.within, state, seconds, reason, scripted
    )


def _is_absent(events: Sequence[Event], moment: str) -> bool:
    return any(
        event.source is Source.HUMAN and event.body.moment == moment for event in of_type(events, MomentNotReached)
    )
