"""Observer of the mitigation, after the impact, and of the return to steady state."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence

from typing_extensions import override

from gameday.drill.observers.observer import BaselineValues, Observer, evaluated_event
from gameday.drill.revert.attribution import (
    actions_started_before,
    last_action_start,
    list_drill_changes,
    planned_ends,
    platform_recoveries,
    responders_removals,
)
from gameday.drill.state import DrillState
from gameday.events import UNKNOWN_CAUSE, Mitigated, NewEvent, Recovered
from gameday.model import Expectation, Reading, SignalKind, Source
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict

MAX_READINGS = 5000
"""Readings kept of one signal, to find the first good one of a window."""
TOLERANCE_S = 1e-6


class SustainedMomentObserver(Observer):
    """Observer of a moment: all its expectations are met together, as of the start of the latest window.

    `times`: repetitions of each fault that repeats; service between two of them does not count as restored.
    `awaits_failure`: not before one of them was unmet; a fault that is applied again has yet to show.
    `kinds`: kind of each fault; the platform itself replaces what some of them end.
    """

    def __init__(
        self, moment: Moment, after: Moment, expectations: Sequence[Expectation], baseline: BaselineValues,
        times: Mapping[str, int] | None = None, awaits_failure: bool = False, kinds: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self._awaits_failure = awaits_failure
        self._moment = moment
        self._after = after
        self._times = times or {}
        self._kinds = kinds or {}
        self._windows = [_MetWindow(expectation, baseline) for expectation in expectations]

    @override
    def feed(self, reading: Reading) -> None:
        for window in self._windows:
            window.feed(reading)

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        began = self._began(state)
        if began is None:
            return []
        judgements = [window.evaluator.evaluate(now, began) for window in self._windows]
        if any(judgement.verdict is WindowVerdict.UNMET for judgement in judgements):
            self._awaits_failure = False
        if self._awaits_failure or not all(judgement.verdict is WindowVerdict.MET for judgement in judgements):
            return []
        say = "; ".join(judgement.say for judgement in judgements)
        happened = max(began, *(judgement.start for judgement in judgements))
        shown = max(window.first_met_at(judgement) for window, judgement in zip(self._windows, judgements, strict=True))
        happened = max(happened, last_action_start(state, shown))  # the last bad reading may be from before it
        return [NewEvent(self._body(state, shown, say), happened, Source.PROBE)]

    def _began(self, state: DrillState) -> float | None:
        """Return since when readings count; None while the moment cannot come."""
        began = state.moments.get(self._after)
        is_over = not (state.present or state.end_counts)
        if began is None or self._moment in state.moments or not self._windows or is_over or self._will_return(state):
            return None
        returned = [periods[-1].start for periods in state.periods.values() if len(periods) > 1]
        return max([began, *returned])

    def _will_return(self, state: DrillState) -> bool:
        """Return True if a fault is between two of its times."""
        ended = {fault: count for fault, count in state.end_counts.items() if fault not in state.present}
        return any(count < self._times.get(fault, 0) for fault, count in ended.items()) and not state.futile_reason

    def is_met_now(self, now: float, state: DrillState) -> bool:
        """Return True if all its expectations are met now, however short a time."""
        began = state.moments.get(self._after)
        if began is None or self._awaits_failure or not self._windows:
            return False
        return all(window.is_met_for_a_while(now, began) for window in self._windows)

    def _body(self, state: DrillState, shown: float, say: str) -> Mitigated | Recovered:
        actions = actions_started_before(state, shown)
        ends = planned_ends(state)
        if self._moment is not Moment.RECOVERED:
            return Mitigated(tuple(actions), say, censored=bool(ends))
        own_causes = [*list_drill_changes(state), *ends]
        causes = [*actions, *responders_removals(state), *own_causes] or platform_recoveries(state, self._kinds)
        return Recovered(bool(own_causes), ", ".join(causes) or UNKNOWN_CAUSE, say)

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Report when service came back, if too briefly to count; before that it was not restored."""
        began = self._began(state)
        if began is None or self._moment is not Moment.MITIGATED:
            return []
        judgements = [window.evaluator.evaluate(now, began) for window in self._windows]
        is_restored = all(judgement.verdict in (WindowVerdict.MET, WindowVerdict.WAITING) for judgement in judgements)
        latest = max(judgements, key=lambda judgement: judgement.start)
        if not is_restored or latest.start >= latest.end:
            return []
        index = judgements.index(latest)
        return [evaluated_event("mitigated", index, self._windows[index].signal, latest, "unknown")]


class _MetWindow:
    """One expectation, and when its window first showed that it is met."""

    def __init__(self, expectation: Expectation, baseline: BaselineValues) -> None:
        self.evaluator = baseline.evaluator(expectation)
        self.signal = expectation.signal
        self._expectation = expectation
        binding = baseline.environment.signals.get(expectation.signal)
        self._needed = binding.min_samples if binding and binding.kind is SignalKind.RATIO else 1
        self._readings: deque[tuple[float, int]] = deque(maxlen=MAX_READINGS)

    def feed(self, reading: Reading) -> None:
        self.evaluator.feed(reading)
        if reading.signal == self._expectation.signal and reading.value is not None:
            self._readings.append((reading.at, reading.n))

    def is_met_for_a_while(self, now: float, since: float) -> bool:
        """Return True if it is met, or would be if it had held long enough."""
        judgement = self.evaluator.evaluate(now, since)
        is_holding = self._expectation.hold is not None and judgement.value is not None
        return judgement.verdict is WindowVerdict.MET or (is_holding and judgement.verdict is WindowVerdict.WAITING)

    def first_met_at(self, judgement: Judgement) -> float:
        """Return when the first good reading was taken (CLOCK_MONOTONIC).

        The window begins with the last bad reading; what was done between the two came before the recovery. Aggregated
        readings have no first one, hence the end of their window.
        """
        if self._expectation.over:
            return judgement.end
        n = 0
        for at, samples in self._readings:
            n += samples if at > judgement.start + TOLERANCE_S else 0
            if n >= self._needed:
                return at
        return judgement.end
