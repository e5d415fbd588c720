"""Observers of the hypothesis, judged while a fault is present and service is not restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from typing_extensions import override

from gameday.drill.observers.judged_windows import (
    Confirmed,
    ExpectationObserver,
    JudgedPeriod,
    aftermath_periods,
    fault_periods,
)
from gameday.drill.observers.observer import BaselineValues, evaluated_event
from gameday.drill.observers.reading_coverage import NO_COVERAGE, Coverage, JudgedWindow
from gameday.drill.state import DrillState
from gameday.events import EvaluatedVerdict, NewEvent
from gameday.model import Expectation, TimeExpression
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict
from gameday.units import format_duration


def applies_after_fault_end(expectation: Expectation) -> bool:
    """Return True if an expectation is of the time after the planned end of a fault."""
    return expectation.by is not None and expectation.by.moment is Moment.FAULT_END


def hypothesis_periods(
    expectation: Expectation, confirmed: Confirmed, now: float, state: DrillState
) -> list[JudgedPeriod]:
    """Return the times in which an expectation of the hypothesis is judged."""
    return aftermath_periods(state, now) if applies_after_fault_end(expectation) else fault_periods(state, confirmed)


def deadline(by: TimeExpression | None, state: DrillState) -> float:
    """Return when the expectation's time is up (CLOCK_MONOTONIC); at once for one without, never before its moment."""
    return -inf if by is None else state.moments.get(by.moment, inf) + by.after


def _restored_at(state: DrillState) -> float:
    return inf if state.mitigated_at is None else state.mitigated_at


def _is_cut_short(period: JudgedPeriod, state: DrillState) -> bool:
    """Return True if a halt or STOP ended the period before service was restored."""
    is_halted = bool(state.halt_reason) and state.mitigated_at is None
    return is_halted or any(stopped <= period.through <= resumed for stopped, resumed in state.stop.pauses)


class HypothesisObserver(ExpectationObserver):
    """Observer of one expectation, judged for each time of each fault by the worst window in it.

    Unmet once is not held, and is reported at once; the rest is reported at the end. A time of a fault without a full
    window is unknown.
    """

    def __init__(self, index: int, expectation: Expectation, baseline: BaselineValues, confirmed: Confirmed) -> None:
        super().__init__(index, expectation, baseline, confirmed)
        self._windows: dict[tuple[str, int], list[JudgedWindow]] = {}
        self._reported: Judgement | None = None

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        periods = hypothesis_periods(self._expectation, self._confirmed, now, state)
        if not self._judge_windows(periods) or self._reported is not None:
            return []
        worst = ((period, self._worst_window(period, state)) for period in periods)
        unmet = next(
            ((period, window) for period, window in worst if window and window.verdict is WindowVerdict.UNMET), None
        )
        return [] if unmet is None else [self._report(*unmet, self._coverage(unmet[0], state))]

    def _judge_windows(self, periods: Sequence[JudgedPeriod]) -> bool:
        """Judge the windows that are new; return True if there are any."""
        new = list(self._judge.judge(periods))
        for period, window in new:
            self._windows.setdefault(period.key, []).append(window)
        return bool(new)

    def _worst_window(self, period: JudgedPeriod, state: DrillState) -> Judgement | None:
        """Return the worst window of a period; None without a full one."""
        judged = (window.judgement for window in self._counted(period, state))
        full = [judgement for judgement in judged if judgement.verdict in (WindowVerdict.MET, WindowVerdict.UNMET)]
        return min(full, key=lambda judgement: judgement.margin or 0.0, default=None)

    def _counted(self, period: JudgedPeriod, state: DrillState) -> list[JudgedWindow]:
        """Return the windows that count: after the expectation's time, and before service was restored.

        Before its time it may be unmet: if that never came, only the last window counts, and only if it is met.
        """
        since, restored = self._counted_time(state)
        windows = [window for window in self._windows.get(period.key, []) if window.judgement.end <= restored]
        met_last = [window for window in windows[-1:] if window.judgement.verdict is WindowVerdict.MET]
        return [window for window in windows if window.judgement.end > since] or met_last

    def _coverage(self, period: JudgedPeriod, state: DrillState) -> Coverage:
        """Return how many of the readings are missing that were due after its time and before service was restored."""
        since, restored = self._counted_time(state)
        windows = [window for window in self._windows.get(period.key, []) if since < window.reading.at <= restored]
        return self._judge.coverage(windows or self._counted(period, state))

    def _counted_time(self, state: DrillState) -> tuple[float, float]:
        """Return the expectation's time, and when service was restored: between them windows count."""
        return deadline(self._expectation.by, state), _restored_at(state)

    def _report(self, period: JudgedPeriod, judgement: Judgement, coverage: Coverage) -> NewEvent:
        self._reported = judgement
        verdict: EvaluatedVerdict = "unmet" if judgement.verdict is WindowVerdict.UNMET else "met"
        return self._event(period, judgement, verdict, coverage)

    def _event(
        self, period: JudgedPeriod, judgement: Judgement, verdict: EvaluatedVerdict, coverage: Coverage
    ) -> NewEvent:
        signal = self._expectation.signal
        return evaluated_event("expectation", self._index, signal, judgement, verdict, *period.key, coverage=coverage)

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Report the worst window of each period; a halt or STOP leaves those without one open: they were cut short."""
        periods = hypothesis_periods(self._expectation, self._confirmed, now, state)
        self._judge_windows(periods)
        restored = state.mitigated_at
        tested = [period for period in periods if restored is None or period.start < restored]
        return [draft for period in tested for draft in self._final_event(period, state)]

    def _final_event(self, period: JudgedPeriod, state: DrillState) -> list[NewEvent]:
        worst, coverage = self._worst_window(period, state), self._coverage(period, state)
        if worst is not None and (worst.verdict is WindowVerdict.UNMET or coverage.is_sufficient):
            return [] if worst == self._reported else [self._report(period, worst, coverage)]
        if worst is None and _is_cut_short(period, state):
            return []
        if worst is None and (shorter := self._describe_short_time(period, state)):
            return [self._event(period, shorter, "unknown", NO_COVERAGE)]
        judgement = self._judge.judge_at(min(period.through, _restored_at(state)), period)
        if worst is not None:
            say = f"too few readings of {self._expectation.signal} count: {coverage.reason}"
            judgement = replace(judgement, value=None, margin=None, n=0, say=say, is_lower_bound=False)
        return [self._event(period, judgement, "unknown", coverage)]

    def _describe_short_time(self, period: JudgedPeriod, state: DrillState) -> Judgement | None:
        """Return a judgement that says why no window could be full, if the time that counts was shorter than one."""
        since, restored = self._counted_time(state)
        end, needed = min(period.through, restored), self._expectation.over or self._expectation.hold or 0.0
        start = min(max(period.start, since), end)
        if end - start >= needed:
            return None
        ended = "service was restored" if restored <= period.through else "the fault ended"
        say = f"{ended} after {format_duration(end - start)}, before a whole window of {format_duration(needed)}"
        return Judgement(WindowVerdict.WAITING, None, 0, start, end, say)


class ExpectedAlertObserver(ExpectationObserver):
    """Observer of an alert that has to fire by a time, while a fault is present."""

    def __init__(self, index: int, expectation: Expectation, baseline: BaselineValues, confirmed: Confirmed) -> None:
        super().__init__(index, expectation, baseline, confirmed)
        self._windows: list[JudgedWindow] = []
        self._reported = False

    @override
    def poll(self, now: float, state: DrillState) -> list[NewEvent]:
        periods = hypothesis_periods(self._expectation, self._confirmed, now, state)
        by = inf if self._expectation.by is None else deadline(self._expectation.by, state)
        until = self._judged_until(by, state)
        for _, window in self._judge.judge(periods):
            judgement = window.judgement
            if self._reported or judgement.end > until:
                continue
            self._windows.append(window)
            if judgement.verdict is WindowVerdict.MET and judgement.end <= by:
                return [self._report(judgement, "met")]
            if judgement.verdict in (WindowVerdict.MET, WindowVerdict.UNMET) and judgement.end > by:
                return [self._report(judgement, self._silent_verdict())]
        return []

    def _silent_verdict(self) -> EvaluatedVerdict:
        """Return `unmet`, or `unknown` if the alert could have fired unseen."""
        return "unmet" if self._judge.coverage(self._windows).is_sufficient else "unknown"

    def _judged_until(self, by: float, state: DrillState) -> float:
        """Return until when readings count: not after a STOP before its time, which left it no fault to fire for."""
        since = state.moments.get(self._expectation.by.moment, inf) if self._expectation.by else inf
        return min([_restored_at(state), *(stopped for stopped, _ in state.stop.pauses if since <= stopped < by)])

    def _report(self, judgement: Judgement, verdict: EvaluatedVerdict) -> NewEvent:
        self._reported = True
        coverage = NO_COVERAGE if verdict == "met" else self._judge.coverage(self._windows)
        signal = self._expectation.signal
        return evaluated_event("expectation", self._index, signal, judgement, verdict, coverage=coverage)

    @override
    def finalize(self, now: float, state: DrillState) -> list[NewEvent]:
        """Report an alert without a time that did not fire, and one that could not be read."""
        drafts = self.poll(now, state)
        if drafts or self._reported or not self._windows or state.halt_reason:
            return drafts
        last = self._windows[-1].judgement
        if last.verdict is WindowVerdict.UNMET:
            return [self._report(last, self._silent_verdict())] if self._expectation.by is None else []
        return [self._report(last, "unknown")]
