"""Observers of a fault's expected effect and of the impact on users."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.observer import Baseline, Observer, round_value
from gameday.drill.state import State
from gameday.events import EffectJudged, ImpactDetected, NewEvent
from gameday.model import Expectation, Fault, Reading, Source, TimeExpression
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, Verdict

EFFECT_TIMEOUT_S = 60.0
"""Seconds a fault has to show, where its `shows` does not say."""


class Effect(Observer):
    """Observer of the effect that a fault `shows`; no effect in its time is not a pass."""

    def __init__(self, fault: Fault, shows: Expectation, baseline: Baseline) -> None:
        self._fault = fault
        self._shows = shows
        self._evaluator = baseline.evaluator(shows)
        self._since: float | None = None
        self._reported = False

    @override
    def feed(self, reading: Reading) -> None:
        self._evaluator.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        if self._reported or self._fault.id not in state.present or self._fault.id in state.removed:
            return []
        self._since = now if self._since is None else self._since
        judgement = self._evaluator.evaluate(now, self._since)
        is_met = judgement.verdict is Verdict.MET
        if not is_met and not self._is_past_deadline(now, state):
            return []
        self._reported = True
        return [self._judged_event(judgement, is_met=is_met)]

    def _judged_event(self, judgement: Judgement, *, is_met: bool) -> NewEvent:
        body = EffectJudged(
            self._shows.signal, round_value(judgement), judgement.n, judgement.say, fault=self._fault.id, seen=is_met
        )
        return NewEvent(body, source=Source.PROBE)

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        """Report the effect at the end, unless the fault ended before the effect's time was up."""
        if (
            self._reported
            or self._since is None
            or self._fault.id in state.removed
            or self._fault.id in state.end_counts
        ):
            return []
        judgement = self._evaluator.evaluate(now, self._since)
        is_met = judgement.verdict is Verdict.MET
        return [self._judged_event(judgement, is_met=is_met)] if is_met or self._is_past_deadline(now, state) else []

    def _is_past_deadline(self, now: float, state: State) -> bool:
        by = self._shows.by or TimeExpression(Moment.FAULT, EFFECT_TIMEOUT_S)
        began = self._since if by.moment is Moment.FAULT else state.moments.get(by.moment)
        return began is not None and now - began >= by.after


class Impact(Observer):
    """Observer of the impact: two unhealthy readings in a row, so that one slow answer is no incident."""

    def __init__(self, expectation: Expectation, baseline: Baseline) -> None:
        self._evaluator = baseline.evaluator(expectation)
        self._signal = expectation.signal
        self._last_reading_at: float | None = None
        self._unhealthy_readings: list[float] = []

    @override
    def feed(self, reading: Reading) -> None:
        self._evaluator.feed(reading)
        if reading.signal == self._signal:
            self._last_reading_at = reading.at

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(Moment.FAULT)
        if (
            began is None
            or Moment.IMPACT in state.moments
            or self._last_reading_at is None
            or self._last_reading_at < began
        ):
            return []
        judgement = self._evaluator.evaluate(now, began)
        if judgement.verdict is not Verdict.UNMET:
            self._unhealthy_readings = []
            return []
        if self._last_reading_at not in self._unhealthy_readings:
            self._unhealthy_readings.append(self._last_reading_at)
        if len(self._unhealthy_readings) < 2:
            return []
        body = ImpactDetected(self._signal, round_value(judgement), judgement.n, judgement.say)
        return [NewEvent(body, happened=self._unhealthy_readings[0], source=Source.PROBE)]

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        return []
