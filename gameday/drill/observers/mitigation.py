"""When users are served again: all of `mitigated` at once, after the impact; and when steady state is back."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from typing_extensions import override

from gameday.drill.observers.observer import Baseline, Observer
from gameday.drill.revert.attribution import (
    UNKNOWN_CAUSE,
    actions_begun_before,
    own_interventions,
    planned_ends,
    responders_removals,
)
from gameday.drill.state import State
from gameday.events import Mitigated, NewEvent, Recovered
from gameday.model import Expectation, Reading, SignalKind, Source
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, Verdict

KEPT = 5000
"""Readings of one signal that are kept, to know the first good one of a window."""
TINY = 1e-6


class SustainedMoment(Observer):
    """Says a moment when all its expectations are met together, as of the start of the latest of their windows."""

    def __init__(self, moment: Moment, after: Moment, expectations: Sequence[Expectation], ground: Baseline) -> None:
        self._moment = moment
        self._after = after
        self._all = [_MetWindow(one, ground) for one in expectations]

    @override
    def feed(self, reading: Reading) -> None:
        for one in self._all:
            one.feed(reading)

    @override
    def poll(self, now: float, state: State) -> list[NewEvent]:
        began = state.moments.get(self._after)
        if began is None or self._moment in state.moments or not self._all or not (state.standing or state.ended):
            return []
        judgements = [one.watch.evaluate(now, began) for one in self._all]
        if not all(judgement.verdict is Verdict.MET for judgement in judgements):
            return []
        say = "; ".join(judgement.say for judgement in judgements)
        happened = max(began, *(judgement.start for judgement in judgements))
        shown = max(one.shown(judgement) for one, judgement in zip(self._all, judgements, strict=True))
        return [NewEvent(self._body(state, shown, say), happened, Source.PROBE)]

    def _body(self, state: State, shown: float, say: str) -> Mitigated | Recovered:
        actions = actions_begun_before(state, shown)
        ends = planned_ends(state)
        if self._moment is not Moment.RECOVERED:
            return Mitigated(tuple(actions), say, censored=bool(ends))
        ours = [*own_interventions(state), *ends]
        return Recovered(bool(ours), ", ".join([*actions, *responders_removals(state), *ours]) or UNKNOWN_CAUSE, say)

    @override
    def finalize(self, now: float, state: State) -> list[NewEvent]:
        return []


class _MetWindow:
    """One expectation, and when its window first showed that it is met."""

    def __init__(self, expectation: Expectation, ground: Baseline) -> None:
        self.watch = ground.evaluator(expectation)
        self._expectation = expectation
        binding = ground.environment.signals.get(expectation.signal)
        self._needed = binding.min_samples if binding and binding.kind is SignalKind.RATIO else 1
        self._taken: deque[tuple[float, int]] = deque(maxlen=KEPT)

    def feed(self, reading: Reading) -> None:
        self.watch.feed(reading)
        if reading.signal == self._expectation.signal and reading.value is not None:
            self._taken.append((reading.at, reading.n))

    def shown(self, judgement: Judgement) -> float:
        """When its first good reading was taken (CLOCK_MONOTONIC): the window begins with the last bad one, and what
        was done between the two came before the recovery. Of readings taken together nobody knows: their end."""
        if self._expectation.over:
            return judgement.end
        n = 0
        for at, samples in self._taken:
            n += samples if at > judgement.start + TINY else 0
            if n >= self._needed:
                return at
        return judgement.end
