"""Group of all observers of one drill."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.alerts import AlertObserver
from gameday.drill.observers.clue import ClueObserver
from gameday.drill.observers.effect import EffectObserver, ImpactObserver
from gameday.drill.observers.guardrails import GuardrailObserver
from gameday.drill.observers.hypothesis import ExpectedAlertObserver, HypothesisObserver
from gameday.drill.observers.judged_windows import Confirmed
from gameday.drill.observers.mitigation import SustainedMomentObserver
from gameday.drill.observers.observer import BaselineValues, Observer
from gameday.drill.state import DrillState
from gameday.events import NewEvent
from gameday.model import Comparison, Plan, Reading
from gameday.moments import Moment


class ObserverGroup(Observer):
    """All observers of a drill; guardrails come first, because what halts the drill must not wait."""

    def __init__(self, plan: Plan, baseline: BaselineValues, confirmed: Confirmed) -> None:
        self._plan = plan
        self._baseline = baseline
        self._confirmed = confirmed
        self._times = {fault.id: fault.repeat.times for fault in plan.scenario.faults if fault.repeat}
        self._start(is_resumed=False)

    def forget_readings(self) -> None:
        """Forget all readings: the drill was resumed after STOP, and they are of a system without faults."""
        self._start(is_resumed=True)

    def is_service_back_now(self, now: float, state: DrillState) -> bool:
        """Return True if service is back at the moment; whether it stays so takes time to judge."""
        return self._mitigation.is_met_now(now, state)

    def _start(self, *, is_resumed: bool) -> None:
        criteria, baseline = self._plan.scenario.mitigated_when, self._baseline
        self._mitigation = SustainedMomentObserver(
            Moment.MITIGATED, Moment.IMPACT, criteria, baseline, self._times, is_resumed
        )
        self._observers = self._create(is_resumed=is_resumed)

    def _create(self, *, is_resumed: bool) -> list[Observer]:
        scenario, baseline, confirmed = self._plan.scenario, self._baseline, self._confirmed
        return [
            *(GuardrailObserver(index, rail, baseline) for index, rail in enumerate(scenario.guardrails)),
            *(EffectObserver(fault, fault.shows, baseline, confirmed) for fault in scenario.faults if fault.shows),
            *(ImpactObserver(expectation, baseline, confirmed) for expectation in scenario.steady_state),
            AlertObserver(self._plan),
            *(
                (ExpectedAlertObserver if line.test is Comparison.FIRES else HypothesisObserver)(
                    index, line, baseline, confirmed
                )
                for index, line in enumerate(scenario.expect)
            ),
            *(ClueObserver(index, clue, baseline, confirmed) for index, clue in enumerate(scenario.clues)),
            self._mitigation,
            SustainedMomentObserver(
                Moment.RECOVERED, Moment.MITIGATED, scenario.steady_state, baseline, self._times, is_resumed
            ),
        ]

    @override
    def feed(self, reading: Reading) -> None:
        for observer in self._observers:
            observer.feed(reading)

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        """Return new events; a moment that two signals show in one poll is reported once."""
        drafts: list[NewEvent] = []
        for observer in self._observers:
            drafts += [draft for draft in observer.poll(now, state) if not _is_repeated_impact(draft, drafts)]
        return drafts

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Return what can only be judged when the faults are about to be reverted."""
        return [draft for observer in self._observers for draft in observer.finalize(now, state)]


def _is_repeated_impact(draft: NewEvent, drafts: list[NewEvent]) -> bool:
    return draft.kind == Moment.IMPACT and any(other.kind == draft.kind for other in drafts)
