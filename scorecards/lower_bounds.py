"""Until when a moment is known not to have come: no later than the last bad reading before its signals failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from gameday.events import (
    BaselineMeasured,
    Evaluated,
    Event,
    Mitigated,
    PlannedExpectation,
    has_any,
    of_type,
    read_plan,
)
from gameday.model import Comparison, Expectation, Reading, SignalBinding, SignalKind
from gameday.moments import Moment
from gameday.plugins.probe import MeasurementError
from gameday.scorecards.measurement_cuts import DRILL_ENDINGS, UNCONFIRMED, UNREADABLE, MeasurementCut
from gameday.signals.criterion import Criterion, build_criterion
from gameday.signals.series import is_informative
from gameday.units import format_duration, parse_limit


def known_until(
    events: Sequence[Event], readings: Sequence[Reading], cut: MeasurementCut, end: Moment
) -> MeasurementCut:
    """Return until when `end` is known not to have come: the cut itself, or an earlier time and its reason."""
    is_mitigation = end is Moment.MITIGATED
    unconfirmed = _unconfirmed_recovery(events, cut) if is_mitigation else cut
    if unconfirmed is not cut or (has_any(events, Mitigated) and cut.cause not in DRILL_ENDINGS):
        return unconfirmed
    plan = read_plan(events)
    criteria = _criteria(events) if is_mitigation else dict.fromkeys(plan.steady_state)
    measured = [reading for reading in readings if reading.signal in criteria and reading.until <= cut.at]
    failing = sorted({signal for signal in criteria if _fails_at_the_end(measured, signal)})
    if not failing:
        return cut
    at = max(_bad_until(measured, signal, criterion, cut) for signal, criterion in criteria.items())
    return cut if at >= cut.at else MeasurementCut(at, f"{', '.join(failing)} {UNREADABLE}")


def _criteria(events: Sequence[Event]) -> Mapping[str, Criterion | None]:
    """Return the limit of each signal of the mitigation; None where only the environment knows it."""
    baseline = {e.body.signal: e.body.value for e in of_type(events, BaselineMeasured) if e.body.value is not None}
    plan = read_plan(events)
    kinds = {signal: SignalKind(kind) for signal, kind in plan.signals.items()}
    return {
        line.signal: _criterion(line, kinds.get(line.signal, SignalKind.COUNT), baseline)
        for line in plan.mitigated_when
    }


def _criterion(line: PlannedExpectation, kind: SignalKind, baseline: Mapping[str, float]) -> Criterion | None:
    with suppress(MeasurementError, ValueError):
        limit = parse_limit(line.limit) if line.limit else None
        expectation = Expectation(line.signal, Comparison(line.test), limit)
        return build_criterion(expectation, baseline, SignalBinding(line.signal, kind, "", {}))
    return None


def _fails_at_the_end(readings: Sequence[Reading], signal: str) -> bool:
    last = max((reading for reading in readings if reading.signal == signal), key=lambda each: each.at, default=None)
    return last is not None and not is_informative(last)


def _bad_until(readings: Sequence[Reading], signal: str, criterion: Criterion | None, cut: MeasurementCut) -> float:
    """Return when the signal was last read outside its limit; the cut, if it was read so until then."""
    known = [reading for reading in readings if reading.signal == signal and is_informative(reading)]
    bad = [reading for reading in known if _is_bad(reading, criterion)]
    if bad and bad[-1] is known[-1] and not _fails_at_the_end(readings, signal):
        return cut.at
    return max((reading.at for reading in bad), default=0.0)


def _is_bad(reading: Reading, criterion: Criterion | None) -> bool:
    """Return True if the reading is outside the limit, or the limit is not in the log: then service was not found."""
    if criterion is None:
        return True
    if reading.value is None:
        return criterion.is_met_above(reading.more_than or 0.0) is False
    return not criterion.is_met_by(reading.value)


def _unconfirmed_recovery(events: Sequence[Event], cut: MeasurementCut) -> MeasurementCut:
    """Return since when service was restored before a cut that came too soon to confirm it; else the cut itself."""
    bodies = (event.body for event in of_type(events, Evaluated) if event.body.part == "mitigated")
    recoveries = [
        (body.start, body.end, body.index)
        for body in bodies
        if body.verdict != "met" and body.start is not None and body.end is not None and body.start < cut.at
    ]
    if not recoveries:
        return cut
    start, end, index = max(recoveries)
    criteria = read_plan(events).mitigated_when
    hold = criteria[index].hold if index < len(criteria) else None
    if cut.cause not in DRILL_ENDINGS or hold is None:
        return MeasurementCut(start, cut.cause)
    held = format_duration(round(min(end, cut.at) - start))
    return MeasurementCut(start, f"{UNCONFIRMED}: {cut.cause} after {held} of the required {format_duration(hold)}")
