"""Observer of the clues: whoever follows them must be able to find the cause."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from gameday.drill.observers.judged_windows import (
    Confirmed,
    ExpectationObserver,
    JudgedPeriod,
    aftermath_periods,
    fault_periods,
)
from gameday.drill.observers.observer import BaselineValues, evaluated_event
from gameday.drill.observers.reading_coverage import NO_COVERAGE, JudgedWindow
from gameday.drill.state import DrillState
from gameday.events import EvaluatedVerdict, NewEvent
from gameday.model import Expectation, TimeExpression
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict


class ClueObserver(ExpectationObserver):
    """Observer of one clue: it must show once while a fault is present and service is not restored."""

    def __init__(self, index: int, expectation: Expectation, baseline: BaselineValues, confirmed: Confirmed) -> None:
        super().__init__(index, expectation, baseline, confirmed)
        self._windows: list[JudgedWindow] = []
        self._reported = False

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        periods = self._periods(now, state)
        if self._reported or not periods:
            return []
        for _, window in self._judge.judge(periods):
            judgement = window.judgement
            if state.mitigated_at is not None and judgement.end > state.mitigated_at:
                continue
            self._windows.append(window)
            if judgement.verdict is WindowVerdict.MET:
                return [self._report(judgement, "met")]
        return []

    def _periods(self, now: float, state: DrillState) -> list[JudgedPeriod]:
        """Return the times in which it is looked for: from the impact or the clue's own time; none before that."""
        at = self._expectation.at or TimeExpression(Moment.IMPACT)
        if at.moment not in state.moments:
            return []
        since = state.moments[at.moment] + at.after
        is_of_aftermath = at.moment is Moment.FAULT_END
        periods = aftermath_periods(state, now) if is_of_aftermath else fault_periods(state, self._confirmed)
        return [replace(period, start=max(period.start, since)) for period in periods]

    def _report(self, judgement: Judgement, verdict: EvaluatedVerdict) -> NewEvent:
        self._reported = True
        coverage = NO_COVERAGE if verdict == "met" else self._judge.coverage(self._windows)
        signal = self._expectation.signal
        return evaluated_event("clue", self._index, signal, judgement, verdict, coverage=coverage)

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Report a clue that did not show; after a halt somebody would have had more time to find it."""
        drafts = self.poll(now, state)
        if drafts or self._reported or not self._windows or state.halt_reason:
            return drafts
        last, coverage = self._windows[-1].judgement, self._judge.coverage(self._windows)
        is_unmet = last.verdict is WindowVerdict.UNMET and coverage.is_sufficient
        return [self._report(last, "unmet" if is_unmet else "unknown")]
