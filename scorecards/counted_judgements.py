"""Judgements that count: their readings were all taken while the fault was present and service was not restored."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from gameday.events import (
    EffectJudged,
    Evaluated,
    EvaluatedPart,
    Event,
    FaultEnded,
    Mitigated,
    OutsideChanges,
    Periods,
    PlannedExpectation,
    active_periods,
    first_of,
    of_type,
    outside_changes,
    time_of,
)
from gameday.events.active_periods import TOLERANCE_S
from gameday.moments import Moment

_RANKS = {"met": 0, "unknown": 1, "unmet": 2}


def mitigated_at(events: Sequence[Event]) -> float:
    """Return when service was restored other than by the planned end of a fault; infinite if it was not."""
    event = first_of([event for event in of_type(events, Mitigated) if not event.body.censored], Mitigated)
    return event.happened if event else inf


def counted_effects(events: Sequence[Event], fault: str) -> dict[int, EffectJudged]:
    """Return the judged effects of a fault by the number of its time, without those after service was restored."""
    periods, restored, changes = active_periods(events), mitigated_at(events), outside_changes(events)
    bodies = (event.body for event in of_type(events, EffectJudged) if event.body.fault == fault)
    return {body.occurrence: body for body in bodies if _counts(body, periods, restored, changes)}


def deciding_evaluations(
    events: Sequence[Event], part: EvaluatedPart, lines: Sequence[PlannedExpectation]
) -> tuple[Evaluated | None, ...]:
    """Return the evaluation that decides each line of a part; None where there was none.

    Of each time of each fault the latest counts, except that unmet is for good. Of all, an unmet one decides, else one
    that could not be read, else the worst.
    """
    periods, restored, ended = active_periods(events), mitigated_at(events), time_of(events, FaultEnded)
    changes = outside_changes(events)
    groups: list[dict[tuple[str, int], Evaluated]] = [{} for _ in lines]
    for event in of_type(events, Evaluated):
        body = event.body
        if body.part != part or body.index >= len(lines):
            continue
        aftermath = lines[body.index].of == Moment.FAULT_END
        counts = _is_after(body, ended, restored) if aftermath else _counts(body, periods, restored, changes)
        if counts or body.verdict == "unknown":
            group, key = groups[body.index], (body.fault, body.occurrence)
            group[key] = _later(group.get(key), body)
    return tuple(max(group.values(), key=_rank, default=None) for group in groups)


def _later(old: Evaluated | None, new: Evaluated) -> Evaluated:
    """Return what decides one time of a fault: unmet for good, else the latest that could be read."""
    if old is None or new.verdict == old.verdict == "unmet":
        return new
    order = {"unknown": 0, "met": 1, "unmet": 2}
    return new if order[new.verdict] >= order[old.verdict] else old


def _rank(body: Evaluated) -> tuple[int, float]:
    return _RANKS[body.verdict], -(body.margin or 0.0)


def _counts(body: EffectJudged | Evaluated, periods: Periods, restored: float, changes: OutsideChanges) -> bool:
    """Return True if the readings lie wholly within one time of the fault, or of any; without times it is trusted.

    None may lie where somebody outside the drill had changed a target."""
    start, end = body.start, body.end
    if start is None or end is None:
        return True
    if any(change.overlaps(start + TOLERANCE_S, end - TOLERANCE_S) for change in changes):
        return False
    faults = [body.fault] if body.fault else list(periods)
    present = any(period.contains(start, end) for fault in faults for period in periods.get(fault, ()))
    return present and end <= restored + TOLERANCE_S


def _is_after(body: Evaluated, ended: float | None, restored: float) -> bool:
    """Return True if the readings lie after the planned end of a fault and before the responders restored service."""
    if body.start is None or body.end is None:
        return True
    return ended is not None and body.start >= ended - TOLERANCE_S and body.end <= restored + TOLERANCE_S
