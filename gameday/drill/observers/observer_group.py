"""All followers of one drill."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.observers.alerts import Alerts
from gameday.drill.observers.effect import Effect, Impact
from gameday.drill.observers.guardrails import GuardrailObserver
from gameday.drill.observers.hypothesis import ClueObserver, HypothesisObserver
from gameday.drill.observers.mitigation import SustainedMoment
from gameday.drill.observers.observer import Baseline, Observer
from gameday.drill.state import State
from gameday.events import NewEvent
from gameday.model import Plan, Reading
from gameday.moments import Moment


class ObserverGroup(Observer):
    """Readings in, events out. Guardrails come first: what halts the drill waits for nothing."""

    def __init__(self, plan: Plan, ground: Baseline) -> None:
        scenario = plan.scenario
        self._observers: list[Observer] = [
            *(GuardrailObserver(index, rail, ground) for index, rail in enumerate(scenario.guardrails)),
            *(Effect(fault, fault.shows, ground) for fault in scenario.faults if fault.shows),
            *(Impact(one, ground) for one in scenario.steady_state),
            Alerts(plan),
            *(HypothesisObserver(index, one, ground) for index, one in enumerate(scenario.expect)),
            *(ClueObserver(index, one, ground) for index, one in enumerate(scenario.clues)),
            SustainedMoment(Moment.MITIGATED, Moment.IMPACT, scenario.mitigated_when, ground),
            SustainedMoment(Moment.RECOVERED, Moment.MITIGATED, scenario.steady_state, ground),
        ]

    @override
    def feed(self, reading: Reading) -> None:
        for follower in self._observers:
            follower.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        """What is new. One moment said twice in one look (two signals leave steady state together) is said once."""
        said: list[NewEvent] = []
        for follower in self._observers:
            said += [draft for draft in follower.poll(now, state) if not _is_repeated_impact(draft, said)]
        return said

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        """What can only be said when the faults are about to be taken back."""
        return [draft for follower in self._observers for draft in follower.finalize(now, state)]


def _is_repeated_impact(draft: NewEvent, said: list[NewEvent]) -> bool:
    return draft.kind == Moment.IMPACT and any(other.kind == draft.kind for other in said)
