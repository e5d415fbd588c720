"""The hypothesis, read while the fault stands and until users are served again; and the trail of readings that
lead to the target."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.observer import Baseline, Observer, evaluated_event
from gameday.drill.state import State
from gameday.events import EvaluatedVerdict, NewEvent
from gameday.model import Expectation, Reading, Test
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, Verdict


class HypothesisObserver(Observer):
    """One expectation of the hypothesis. Not met once is not held; met at the end, and never not, is held."""

    def __init__(self, index: int, expectation: Expectation, ground: Baseline) -> None:
        self._index = index
        self._expectation = expectation
        self._watch = ground.evaluator(expectation)
        self._met: Judgement | None = None
        self._said = False

    @override
    def feed(self, reading: Reading) -> None:
        self._watch.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(Moment.FAULT)
        if self._said or began is None or not state.standing or Moment.MITIGATED in state.moments:
            return []
        judgement = self._watch.evaluate(now, began)
        if judgement.verdict is Verdict.MET:
            self._met = judgement
            return self._say(judgement, "met") if self._expectation.test is Test.FIRES else []
        if judgement.verdict is Verdict.UNMET and self._too_late(now, state):
            return self._say(judgement, "unmet")
        return []

    def _too_late(self, now: float, state: State) -> bool:
        """An expectation with a time is not unmet before the time is up."""
        if self._expectation.within is None or self._expectation.of is None:
            return True
        began = state.moments.get(self._expectation.of)
        return began is not None and now - began > self._expectation.within

    def _say(self, judgement: Judgement, verdict: EvaluatedVerdict) -> list[NewEvent]:
        self._said = True
        return [evaluated_event("expectation", self._index, self._expectation.signal, judgement, verdict)]

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(Moment.FAULT)
        if self._said or began is None:
            return []
        if self._met is not None:
            return self._say(self._met, "met")
        if state.halt or (self._expectation.test is Test.FIRES and not self._too_late(now, state)):
            return []  # it was cut short before its time: nothing can be said of it
        judgement = self._watch.evaluate(now, began)
        return self._say(judgement, "unmet" if self._silent(judgement) else "unreadable")

    def _silent(self, judgement: Judgement) -> bool:
        """An alert that was looked at all the time and stayed silent did not fire."""
        return self._expectation.test is Test.FIRES and judgement.verdict is Verdict.UNMET


class ClueObserver(Observer):
    """One reading that leads to the target: it is enough that it showed once while the fault stood."""

    def __init__(self, index: int, expectation: Expectation, ground: Baseline) -> None:
        self._index = index
        self._expectation = expectation
        self._watch = ground.evaluator(expectation)
        self._said = False

    @override
    def feed(self, reading: Reading) -> None:
        self._watch.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(Moment.IMPACT)
        if self._said or began is None or not state.standing or Moment.MITIGATED in state.moments:
            return []
        judgement = self._watch.evaluate(now, began)
        if judgement.verdict is not Verdict.MET:
            return []
        self._said = True
        return [evaluated_event("clue", self._index, self._expectation.signal, judgement, "met")]

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(Moment.FAULT)
        if self._said or began is None:
            return []
        judgement = self._watch.evaluate(now, began)
        if judgement.verdict is Verdict.MET and Moment.MITIGATED not in state.moments:
            return [evaluated_event("clue", self._index, self._expectation.signal, judgement, "met")]
        if state.halt:
            return []  # somebody would have had more time to find it
        verdict: EvaluatedVerdict = (
            "unreadable" if judgement.verdict in (Verdict.UNREADABLE, Verdict.WAITING) else "unmet"
        )
        return [evaluated_event("clue", self._index, self._expectation.signal, judgement, verdict)]
