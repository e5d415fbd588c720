"""All followers of one drill."""

from __future__ import annotations

from typing_extensions import override

from gameday.drill.state import State
from gameday.drill.watching.alerts import Alerts
from gameday.drill.watching.effect import Effect, Impact
from gameday.drill.watching.follower import Follower, Ground
from gameday.drill.watching.guardrails import Rail
from gameday.drill.watching.holds import Hold, Trail
from gameday.drill.watching.mitigation import Sustained
from gameday.events import Draft
from gameday.model import Plan, Reading
from gameday.moments import Moment


class Watching(Follower):
    """Readings in, events out. Guardrails come first: what halts the drill waits for nothing."""

    def __init__(self, plan: Plan, ground: Ground) -> None:
        scenario = plan.scenario
        self._followers: list[Follower] = [
            *(Rail(index, rail, ground) for index, rail in enumerate(scenario.guardrails)),
            *(Effect(fault, fault.expect, ground) for fault in scenario.faults if fault.expect),
            *(Impact(one, ground) for one in scenario.steady_state),
            Alerts(plan),
            *(Hold(index, one, ground) for index, one in enumerate(scenario.holds)),
            *(Trail(index, one, ground) for index, one in enumerate(scenario.trail)),
            Sustained(Moment.MITIGATED, Moment.IMPACT, scenario.mitigated, ground),
            Sustained(Moment.RECOVERED, Moment.MITIGATED, scenario.steady_state, ground),
        ]

    @override
    def feed(self, reading: Reading) -> None:
        for follower in self._followers:
            follower.feed(reading)

    @override
    def look(self, now: float, state: State) -> list[Draft]:
        """What is new. One moment said twice in one look (two signals leave steady state together) is said once."""
        said: list[Draft] = []
        for follower in self._followers:
            said += [draft for draft in follower.look(now, state) if not _again(draft, said)]
        return said

    @override
    def finals(self, now: float, state: State) -> list[Draft]:
        """What can only be said when the faults are about to be taken back."""
        return [draft for follower in self._followers for draft in follower.finals(now, state)]


def _again(draft: Draft, said: list[Draft]) -> bool:
    return draft.kind == Moment.IMPACT and any(other.kind == draft.kind for other in said)
