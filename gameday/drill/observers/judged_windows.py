"""Windows of readings that count: those that lie wholly within a time in which a fault was present."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from math import inf

from typing_extensions import override

from gameday.drill.observers.observer import BaselineValues, Observer
from gameday.drill.observers.reading_coverage import Coverage, JudgedWindow, measure_coverage
from gameday.drill.state import DrillState
from gameday.events import OutsideChange, OutsideChanges
from gameday.model import Expectation, Reading
from gameday.moments import Moment
from gameday.signals.expectation_evaluator import Judgement, WindowVerdict

Confirmed = Callable[[], Mapping[str, float]]
"""Returns by marker until when each fault was confirmed present (CLOCK_MONOTONIC)."""


@dataclass(frozen=True, slots=True)
class JudgedPeriod:
    """A time in which windows count (CLOCK_MONOTONIC): from `start` as far as it is known, `through`.

    `is_open`: more of it may become known. `fault` and `occurrence` say which fault was present; empty for none.
    `changes`: times within it in which somebody outside the drill had changed a target; no window of them is judged.
    """

    fault: str
    occurrence: int
    start: float
    through: float
    is_open: bool = False
    changes: OutsideChanges = ()

    @property
    def key(self) -> tuple[str, int]:
        return self.fault, self.occurrence

    def change_at(self, at: float) -> OutsideChange | None:
        """Return the outside change that was or may have been present at that time; None for none."""
        return next((change for change in self.changes if change.contains(at)), None)

    def counts_since(self, at: float) -> float:
        """Return since when readings of a window that ends at that time count: after the last outside change."""
        ends = [change.end for change in self.changes if change.end is not None and change.end <= at]
        return max([self.start, *ends])


def fault_periods(state: DrillState, confirmed: Confirmed, fault: str = "") -> list[JudgedPeriod]:
    """Return the times in which each fault, or this one, was present.

    A period that lasts is known through the latest check that showed the fault present: somebody may have removed it
    after that.
    """
    until = confirmed()
    return [
        JudgedPeriod(
            period.fault, period.occurrence, period.start,
            until.get(period.marker, period.start) if period.end is None else period.end, period.end is None,
            state.outside_changes,
        )
        for name, periods in state.periods.items() if fault in ("", name)
        for period in periods
    ]  # fmt: skip


def aftermath_periods(state: DrillState, now: float) -> list[JudgedPeriod]:
    """Return the time after the first planned end: until a responder acts, a fault begins, or service is restored.

    What follows an action of the responders may be its result.
    """
    start = state.moments.get(Moment.FAULT_END)
    if start is None:
        return []
    begun = [period.start for periods in state.periods.values() for period in periods if period.start > start]
    restored = [state.mitigated_at] if state.mitigated_at is not None else []
    stop = min([*(at for _, at in state.started_actions), *begun, *restored], default=inf)
    period = JudgedPeriod("", 0, start, min(now, stop), stop > now, state.outside_changes)
    return [period] if stop > start else []


class WindowJudge:
    """Judge of one expectation: of the window that ends with each reading, once that is known to count."""

    def __init__(self, expectation: Expectation, baseline: BaselineValues, *, whole_windows: bool = True) -> None:
        self._evaluator = baseline.evaluator(expectation, whole_windows=whole_windows)
        self._signal = expectation.signal
        binding = baseline.environment.signals.get(expectation.signal)
        self._every = binding.every if binding else 1.0
        self._answered: list[tuple[float, int, Reading]] = []
        self._numbers = count()

    def feed(self, reading: Reading) -> None:
        self._evaluator.feed(reading)
        if reading.signal == self._signal:
            heapq.heappush(self._answered, (reading.until, next(self._numbers), reading))

    def judge(self, periods: Sequence[JudgedPeriod]) -> Iterator[tuple[JudgedPeriod, JudgedWindow]]:
        """Yield the windows that are new, each with its period; those that can never count are dropped.

        A window at a time of an outside change is unreadable: it counts as missing, whatever it shows.
        """
        horizon = min((period.through for period in periods if period.is_open), default=inf)
        while self._answered and self._answered[0][0] <= horizon:
            at, _, reading = heapq.heappop(self._answered)
            counted = [period for period in periods if period.start <= at <= period.through]
            yield from ((period, JudgedWindow(self._judge_unaffected(at, period), reading)) for period in counted)

    def _judge_unaffected(self, at: float, period: JudgedPeriod) -> Judgement:
        change = period.change_at(at)
        if change is not None:
            return Judgement(WindowVerdict.UNREADABLE, None, 0, at, at, change.sentence)
        return self.judge_at(at, replace(period, start=period.counts_since(at)))

    def coverage(self, windows: Sequence[JudgedWindow]) -> Coverage:
        """Return how many of the readings that were due the windows rest on."""
        return measure_coverage(windows, self._every)

    def discard_unjudged(self) -> None:
        """Discard the readings since the last check: STOP ended the fault before another one."""
        self._answered.clear()

    def judge_at(self, at: float, period: JudgedPeriod) -> Judgement:
        """Judge the window that ends at that time."""
        judgement = self._evaluator.evaluate(at, period.start)
        return replace(judgement, start=max(judgement.start, period.start), end=max(judgement.end, period.start))


class WindowObserver(Observer):
    """Base of the observers that judge windows of an expectation while a fault is present."""

    def __init__(
        self, expectation: Expectation, baseline: BaselineValues, confirmed: Confirmed, *, whole_windows: bool = True
    ) -> None:
        self._expectation = expectation
        self._confirmed = confirmed
        self._judge = WindowJudge(expectation, baseline, whole_windows=whole_windows)

    @override
    def feed(self, reading: Reading) -> None:
        self._judge.feed(reading)

    def discard_unjudged(self) -> None:
        self._judge.discard_unjudged()


class ExpectationObserver(WindowObserver):
    """Base of the observers of the scenario's lists of expectations: `index` is the place in the list."""

    def __init__(self, index: int, expectation: Expectation, baseline: BaselineValues, confirmed: Confirmed) -> None:
        super().__init__(expectation, baseline, confirmed)
        self._index = index
