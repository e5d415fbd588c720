"""When users are served again: all of `mitigated` at once, after the impact; and when steady state is back."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.drill.state import State
from gameday.drill.watching.follower import Ground
from gameday.events import Draft
from gameday.model import Expectation, Reading, Source
from gameday.moments import Moment
from gameday.signals.watch import Verdict


class Sustained:
    """Says a moment when all its expectations are met together, as of the start of the latest of their windows."""

    def __init__(self, moment: Moment, after: Moment, expectations: Sequence[Expectation], ground: Ground) -> None:
        self._moment = moment
        self._after = after
        self._watches = [ground.watch(one) for one in expectations]

    def feed(self, reading: Reading) -> None:
        for watch in self._watches:
            watch.feed(reading)

    def look(self, now: float, state: State) -> list[Draft]:
        began = state.moments.get(self._after)
        if began is None or self._moment in state.moments or not self._watches or not state.standing:
            return []
        judgements = [watch.judge(now, began) for watch in self._watches]
        if not all(judgement.verdict is Verdict.MET for judgement in judgements):
            return []
        say = "; ".join(judgement.say for judgement in judgements)
        happened = max(began, *(judgement.start for judgement in judgements))
        return [Draft(self._moment.value, {"say": say, **self._extra(state)}, happened, Source.PROBE)]

    def _extra(self, state: State) -> dict[str, bool | str]:
        if self._moment is not Moment.RECOVERED:
            return {}
        return {"censored": False, "by": ", ".join(state.actions) or "nobody knows"}

    def finals(self, now: float, state: State) -> list[Draft]:
        return []
