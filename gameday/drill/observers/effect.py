"""Observers of a fault's expected effect and of the impact on users, both only while the fault is present."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from typing_extensions import override

from gameday.drill.observers.judged_windows import Confirmed, JudgedPeriod, WindowObserver, fault_periods
from gameday.drill.observers.observer import BaselineValues, round_time, round_value
from gameday.drill.observers.reading_coverage import JudgedWindow
from gameday.drill.state import DrillState
from gameday.events import EffectJudged, ImpactDetected, ImpactNotJudged, NewEvent
from gameday.model import Expectation, Fault, Reading, Source, TimeExpression
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict

NOT_CONFIRMED = "it could not be confirmed that the fault was present then"
EFFECT_TIMEOUT_S = 60.0
"""Seconds a fault has to show, where its `shows` does not say."""


class EffectObserver(WindowObserver):
    """Observer of the effect that a fault `shows`, each time that it comes; no effect in its time is not a pass.

    A fault that ended before its time was up, or whose signal could not be read, is not judged.
    """

    def __init__(self, fault: Fault, shows: Expectation, baseline: BaselineValues, confirmed: Confirmed) -> None:
        super().__init__(shows, baseline, confirmed)
        self._fault = fault
        self._windows: dict[int, list[JudgedWindow]] = {}
        self._decided: set[int] = set()

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        periods = fault_periods(state, self._confirmed, self._fault.id)
        for period, window in self._judge.judge(periods):
            if period.occurrence not in self._decided:
                self._windows.setdefault(period.occurrence, []).append(window)
        undecided = [period for period in periods if period.occurrence not in self._decided]
        return [draft for period in undecided for draft in self._decide(period, state)]

    def _decide(self, period: JudgedPeriod, state: DrillState) -> list[NewEvent]:
        deadline = self._deadline(period, state)
        windows = [window for window in self._windows.get(period.occurrence, []) if window.judgement.end <= deadline]
        judged = [window.judgement for window in windows]
        seen = self._first_shown(judged)
        if seen is None and period.through < deadline:
            return []
        self._decided.add(period.occurrence)
        if seen is not None:
            return [self._judged_event(period, seen, seen=True)]
        unmet = [judgement for judgement in judged if judgement.verdict is WindowVerdict.UNMET]
        if not unmet or not self._judge.coverage(windows).is_sufficient:
            return []
        return [self._judged_event(period, max(unmet, key=lambda judgement: judgement.margin or 0.0), seen=False)]

    def _first_shown(self, judged: Sequence[Judgement]) -> Judgement | None:
        """Return the judgement that shows the effect: the second of two in a row, so that noise is no effect.

        An expectation with a window of its own takes one."""
        needed = 1 if self._expectation.over or self._expectation.hold else 2
        in_a_row = 0
        for judgement in judged:
            in_a_row = in_a_row + 1 if judgement.verdict is WindowVerdict.MET else 0
            if in_a_row == needed:
                return judgement
        return None

    def _deadline(self, period: JudgedPeriod, state: DrillState) -> float:
        """Return by when this time of the fault has to show (CLOCK_MONOTONIC); infinite while that is not known."""
        by = self._expectation.by or TimeExpression(Moment.FAULT, EFFECT_TIMEOUT_S)
        began = period.start if by.moment is Moment.FAULT else state.moments.get(by.moment, inf)
        return began + by.after

    def _judged_event(self, period: JudgedPeriod, judgement: Judgement, *, seen: bool) -> NewEvent:
        body = EffectJudged(
            self._expectation.signal, round_value(judgement), judgement.n, judgement.say, judgement.is_lower_bound,
            fault=self._fault.id,
            seen=seen, occurrence=period.occurrence, start=round_time(judgement.start), end=round_time(judgement.end),
        )  # fmt: skip
        return NewEvent(body, source=Source.PROBE)

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        return self.poll(now, state)


class ImpactObserver(WindowObserver):
    """Observer of the impact: two unhealthy readings in a row, so that one slow answer is no incident."""

    def __init__(self, expectation: Expectation, baseline: BaselineValues, confirmed: Confirmed) -> None:
        super().__init__(expectation, baseline, confirmed, whole_windows=False)  # unhealthy in spite of the time before
        self._unhealthy: dict[tuple[str, int], Judgement] = {}
        self._evaluator = baseline.evaluator(expectation, whole_windows=False)
        self._new: list[Reading] = []
        self._last_unhealthy = self._left_at = inf
        """End of the last reading if it was outside steady state, and of the first two in a row, counted or not."""

    @override
    def feed(self, reading: Reading) -> None:
        super().feed(reading)
        self._evaluator.feed(reading)
        if reading.signal == self._expectation.signal:
            self._new.append(reading)

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        self._look_at_all(state)
        for period, window in self._judge.judge(fault_periods(state, self._confirmed)):
            judgement = window.judgement
            first = self._unhealthy.get(period.key)
            if judgement.verdict is not WindowVerdict.UNMET:
                self._unhealthy.pop(period.key, None)
            elif first is None:
                self._unhealthy[period.key] = judgement
            elif judgement.end > first.end and Moment.IMPACT not in state.moments:
                return [self._impact_event(first, judgement)]
        return []

    def _look_at_all(self, state: DrillState) -> None:
        """Look at the new readings during a fault, also those of which it is not known whether they will count."""
        new, self._new = self._new, []
        fault = state.moments.get(Moment.FAULT)
        for reading in new:
            if fault is not None and reading.at < fault:
                continue  # a late answer from before the fault stands between no two others
            if fault is None or not state.present or self._is_healthy(reading, fault):
                self._last_unhealthy = inf
                continue
            if self._last_unhealthy < reading.until:
                self._left_at = min(self._left_at, reading.until)
            self._last_unhealthy = min(self._last_unhealthy, reading.until)

    def _is_healthy(self, reading: Reading, fault: float) -> bool:
        return self._evaluator.evaluate(reading.until, fault).verdict is not WindowVerdict.UNMET

    def _impact_event(self, first: Judgement, second: Judgement) -> NewEvent:
        body = ImpactDetected(
            self._expectation.signal, round_value(second), second.n, second.say, second.is_lower_bound,
            start=round_time(first.start), end=round_time(second.end),
        )  # fmt: skip
        return NewEvent(body, happened=first.end, source=Source.PROBE)

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Judge what is left; if steady state was left only by readings that do not count, report why they do not."""
        drafts = self.poll(now, state)
        if drafts or self._left_at == inf or Moment.IMPACT in state.moments:
            return drafts
        changes = [change for change in state.outside_changes if change.contains(self._left_at)]
        reason = changes[0].sentence if changes else NOT_CONFIRMED
        return [NewEvent(ImpactNotJudged(self._expectation.signal, reason), source=Source.PROBE)]
