"""Observers of the hypothesis, judged while the fault is present, and of the clues."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.observer import Baseline, Observer, evaluated_event
from gameday.drill.state import State
from gameday.events import EvaluatedVerdict, NewEvent
from gameday.model import Expectation, Reading, Test, TimeExpression
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, Verdict


class HypothesisObserver(Observer):
    """Observer of one expectation: unmet once is not held; met at the end and never unmet is held."""

    def __init__(self, index: int, expectation: Expectation, baseline: Baseline) -> None:
        self._index = index
        self._expectation = expectation
        self._evaluator = baseline.evaluator(expectation)
        self._met: Judgement | None = None
        self._reported = False

    @override
    def feed(self, reading: Reading) -> None:
        self._evaluator.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        began = self._judged_since(state)
        if self._reported or began is None:
            return []
        judgement = self._evaluator.evaluate(now, began)
        if judgement.verdict is Verdict.MET:
            self._met = judgement
            return self._report(judgement, "met") if self._expectation.test is Test.FIRES else []
        if judgement.verdict is Verdict.UNMET and self._is_past_deadline(now, state):
            return self._report(judgement, "unmet")
        return []

    def _judged_since(self, state: State) -> float | None:
        """Return when judging began: while a fault is present, and not after the mitigation.

        An expectation of the time after a planned end is judged until then, unless a responder acted: their
        action may have caused what follows.
        """
        if Moment.MITIGATED in state.moments:
            return None
        if self._is_after_fault_end:
            return None if state.started_actions else state.moments.get(Moment.FAULT_END)
        return state.moments.get(Moment.FAULT) if state.present else None

    @property
    def _is_after_fault_end(self) -> bool:
        return self._expectation.by is not None and self._expectation.by.moment is Moment.FAULT_END

    def _is_past_deadline(self, now: float, state: State) -> bool:
        """Return True if the expectation's time is up; one without a time has none to wait for."""
        by = self._expectation.by
        if by is None:
            return True
        began = state.moments.get(by.moment)
        return began is not None and now - began > by.after

    def _report(self, judgement: Judgement, verdict: EvaluatedVerdict) -> list[NewEvent]:
        self._reported = True
        return [evaluated_event("expectation", self._index, self._expectation.signal, judgement, verdict)]

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(Moment.FAULT)
        if self._reported or began is None:
            return []
        if self._met is not None:
            return self._report(self._met, "met")
        if state.halt_reason or (self._expectation.test is Test.FIRES and not self._is_past_deadline(now, state)):
            return []  # cut short before its time: unknown
        judgement = self._evaluator.evaluate(now, began)
        return self._report(judgement, "unmet" if self._did_not_fire(judgement) else "unreadable")

    def _did_not_fire(self, judgement: Judgement) -> bool:
        """Return True if an alert was read all the time and did not fire."""
        return self._expectation.test is Test.FIRES and judgement.verdict is Verdict.UNMET


class ClueObserver(Observer):
    """Observer of one clue: it must show once while the fault is present."""

    def __init__(self, index: int, expectation: Expectation, baseline: Baseline) -> None:
        self._index = index
        self._expectation = expectation
        self._evaluator = baseline.evaluator(expectation)
        self._reported = False

    @override
    def feed(self, reading: Reading) -> None:
        self._evaluator.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        began = self._judged_since(now, state)
        if self._reported or began is None:
            return []
        judgement = self._evaluator.evaluate(now, began)
        if judgement.verdict is not Verdict.MET:
            return []
        self._reported = True
        return [evaluated_event("clue", self._index, self._expectation.signal, judgement, "met")]

    def _judged_since(self, now: float, state: State) -> float | None:
        """Return when judging began: from the impact or the clue's own time, and not after the mitigation."""
        at = self._expectation.at or TimeExpression(Moment.IMPACT)
        moment = state.moments.get(at.moment)
        present = state.present or at.moment is Moment.FAULT_END
        if moment is None or not present or Moment.MITIGATED in state.moments:
            return None
        return moment + at.after if now >= moment + at.after else None

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(self._expectation.at.moment if self._expectation.at else Moment.FAULT)
        if self._reported or began is None:
            return []
        judgement = self._evaluator.evaluate(now, began)
        if judgement.verdict is Verdict.MET and Moment.MITIGATED not in state.moments:
            return [evaluated_event("clue", self._index, self._expectation.signal, judgement, "met")]
        if state.halt_reason:
            return []  # somebody would have had more time to find it
        verdict: EvaluatedVerdict = (
            "unreadable" if judgement.verdict in (Verdict.UNREADABLE, Verdict.WAITING) else "unmet"
        )
        return [evaluated_event("clue", self._index, self._expectation.signal, judgement, verdict)]
