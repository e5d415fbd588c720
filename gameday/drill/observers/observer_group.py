"""Group of all observers of one drill."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.alerts import AlertObserver
from gameday.drill.observers.clue import ClueObserver
from gameday.drill.observers.effect import EffectObserver, ImpactObserver
from gameday.drill.observers.guardrails import GuardrailObserver
from gameday.drill.observers.hypothesis import ExpectedAlertObserver, HypothesisObserver
from gameday.drill.observers.judged_windows import Confirmed, WindowObserver
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
        self._times = {fault.id: fault.repeat.times for fault in plan.scenario.faults if fault.repeat}
        self._effects = self._create_effects(confirmed)
        self._impacts = [ImpactObserver(line, baseline, confirmed) for line in plan.scenario.steady_state]
        self._expectations = self._create_expectations(confirmed)
        self._start(is_resumed=False)

    def stop(self, now: float, state: DrillState) -> list[NewEvent]:
        """Discard readings that no check of the faults followed: STOP reverts them without one.

        Return since when service was restored, if not for long enough yet: the faults are about to be reverted.
        """
        for observer in (*self._effects, *self._impacts, *self._expectations):
            observer.discard_unjudged()
        return self._mitigation.finalize(now, state)

    def resume_after_stop(self) -> None:
        """Forget the readings of the system without faults. What was judged of each fault before STOP stays."""
        self._start(is_resumed=True)

    def is_service_back_now(self, now: float, state: DrillState) -> bool:
        """Return True if service is back at the moment; whether it stays so takes time to judge."""
        return self._mitigation.is_met_now(now, state)

    def _start(self, *, is_resumed: bool) -> None:
        """Create the observers that look at the latest readings, however many times of a fault there were."""
        scenario, baseline = self._plan.scenario, self._baseline
        self._mitigation = SustainedMomentObserver(
            Moment.MITIGATED, Moment.IMPACT, scenario.mitigated_when, baseline, self._times, is_resumed
        )
        recovery = SustainedMomentObserver(
            Moment.RECOVERED, Moment.MITIGATED, scenario.steady_state, baseline, self._times, is_resumed,
            {fault.id: fault.kind for fault in scenario.faults},
        )  # fmt: skip
        guardrails = (GuardrailObserver(index, rail, baseline) for index, rail in enumerate(scenario.guardrails))
        self._observers: list[Observer] = [
            *guardrails, *self._effects, *self._impacts, AlertObserver(self._plan), *self._expectations,
            self._mitigation, recovery,
        ]  # fmt: skip

    def _create_effects(self, confirmed: Confirmed) -> list[WindowObserver]:
        faults = self._plan.scenario.faults
        return [EffectObserver(fault, fault.shows, self._baseline, confirmed) for fault in faults if fault.shows]

    def _create_expectations(self, confirmed: Confirmed) -> list[WindowObserver]:
        scenario, baseline = self._plan.scenario, self._baseline
        return [
            *(
                (ExpectedAlertObserver if line.test is Comparison.FIRES else HypothesisObserver)(
                    index, line, baseline, confirmed
                )
                for index, line in enumerate(scenario.expect)
            ),
            *(ClueObserver(index, clue, baseline, confirmed) for index, clue in enumerate(scenario.clues)),
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
