"""Evaluation of one expectation over readings: met, unmet, unreadable or too early. Pure: no threads, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gameday.model import Expectation, Reading, SignalBinding, SignalKind
from gameday.plugins.probe import Measurement, MeasurementError
from gameday.signals import settings
from gameday.signals.criterion import Criterion, build_criterion
from gameday.signals.series import Series, aggregate_readings, is_informative
from gameday.units import format_duration, format_measured, format_missing

MAX_JOIN_WINDOW = 10.0
"""Seconds that a ratio may reach back to gather enough samples."""
TINY = 1e-6
"""Seconds: due times are sums of floats."""
NOTHING = Measurement(None, 0)


class WindowVerdict(StrEnum):
    """MET, UNMET; UNREADABLE: unknown, never healthy; WAITING: too early to tell."""

    MET = "met"
    UNMET = "unmet"
    UNREADABLE = "unreadable"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the figure it rests on.

    `value` over `n` samples, from readings due after `start` until `end` (CLOCK_MONOTONIC). `say`: the same for a
    person. `margin`: distance of the value from its limit, negative where it is beyond; None where it was not compared.
    `is_lower_bound`: the value is more than that, because requests timed out.
    """

    verdict: WindowVerdict
    value: float | None
    n: int
    start: float
    end: float
    say: str
    margin: float | None = None
    is_lower_bound: bool = False


@dataclass(frozen=True, slots=True)
class ReadingWindow:
    """Readings by time, after `start` until `end`."""

    start: float
    end: float
    readings: Sequence[Reading]


class ExpectationEvaluator:
    """Evaluates one expectation over the readings of its signal.

    - `over: T`: all readings of the last T seconds taken together; WAITING until there can be T seconds of them.
    - `hold: T` (the file's `for`): each reading of the last T seconds meets it; UNMET once the latest does not,
      WAITING while it has not held for so long. A reading without a value neither breaks nor makes it.
    - neither: the latest reading.

    UNREADABLE: no reading with a value for 3 periods (or as long as an answer may take), more than half of those
    due in the window without a value, a ratio on too few samples, a relative limit without its baseline. A ratio's
    readings are added up until they have enough samples. The last T seconds end with the newest reading, not now:
    an answer still on its way is no gap. A request that timed out has a lower bound for its value: that is compared
    with the limit, and UNREADABLE only where the limit is higher.

    `whole_windows`: a reading counts only if all that its source looked at (a rate over 5 minutes) was after `since`;
    else by the time at which it was taken, for limits that must be seen at once."""

    def __init__(
        self, expectation: Expectation, baseline: Mapping[str, float], bindings: Mapping[str, SignalBinding],
        *, whole_windows: bool = True,
    ) -> None:  # fmt: skip
        self._expectation = expectation
        self._whole_windows = whole_windows
        self._baseline = baseline
        self._binding = bindings.get(expectation.signal)
        kind = self._binding.kind if self._binding else SignalKind.COUNT
        every = self._binding.every if self._binding else 1.0
        self._patience = max(3 * every, settings.read_timeout_s(self._binding) + every if self._binding else 0.0)
        self._keep = max(expectation.over or 0.0, expectation.hold or 0.0, MAX_JOIN_WINDOW) + 2 * self._patience
        self._series = Series(kind, keep=self._keep)

    def feed(self, reading: Reading) -> None:
        """Take a reading; those of other signals are ignored."""
        if reading.signal == self._expectation.signal:
            self._series.add(reading)

    def evaluate(self, now: float, since: float) -> Judgement:
        """Evaluate at `now`, by readings whose samples were all taken after `since`, when it began to count."""
        nowhere = ReadingWindow(since, now, ())
        if self._binding is None:
            return self._unreadable(nowhere, "it is not bound in the environment")
        try:
            wanted = build_criterion(self._expectation, self._baseline, self._binding)
        except MeasurementError as none:
            return self._unreadable(nowhere, str(none))
        recent = self._series.window(max(since - TINY, now - self._keep), now + TINY)
        answered = [reading for reading in recent if reading.until <= now + TINY]
        seen = [reading for reading in answered if self._begin(reading) >= since - TINY]
        if answered and not seen and is_informative(answered[-1]):
            return self._waiting(
                nowhere, NOTHING, f"looks back {format_duration(answered[-1].over)}, to before it counts"
            )
        fresh = now - self._patience - TINY
        if not any(is_informative(reading) and reading.at >= fresh for reading in reversed(seen)):
            return self._nothing_new(nowhere, seen)
        if self._expectation.over is not None:
            return self._judge_over(wanted, since, seen, self._expectation.over)
        if self._expectation.hold is not None:
            return self._judge_hold(wanted, since, seen, self._expectation.hold)
        return self._judge_latest(wanted, seen)

    def _begin(self, reading: Reading) -> float:
        return reading.since if self._whole_windows else reading.at

    def _judge_over(self, wanted: Criterion, since: float, seen: Sequence[Reading], seconds: float) -> Judgement:
        span = _last(seen, seconds)
        measurement = aggregate_readings(self._series.kind, span.readings)
        if span.end - since < seconds - TINY:
            return self._waiting(span, measurement, f"{_of(span.end - since, seconds)} of readings so far")
        if why := self._gaps(span, seconds) or self._too_few(measurement):
            return self._unreadable(span, why, measurement)
        return self._verdict(wanted, measurement, span)

    def _judge_hold(self, wanted: Criterion, since: float, seen: Sequence[Reading], seconds: float) -> Judgement:
        span = _last(seen, seconds)
        points = list(self._points(span.readings))
        if not points:
            measurement = aggregate_readings(self._series.kind, span.readings)
            return self._unreadable(span, self._too_few(measurement) or self._gaps(span, seconds), measurement)
        current = _measured(points[0], self._series.kind)
        if not _meets(wanted, current):  # or not known: a timeout that is shorter than the limit
            return self._verdict(wanted, current, replace(span, start=points[0].start))
        broken = [point.end for point in points if _meets(wanted, _measured(point, self._series.kind)) is False]
        held = span.end - max([since, span.start, *broken])
        if held < seconds - TINY:
            streak = replace(span, start=span.end - max(0.0, held))
            return self._waiting(streak, current, f"for {_of(held, seconds)}")
        if why := self._gaps(span, seconds):
            return self._unreadable(span, why, current)
        return self._verdict(wanted, current, span)

    def _judge_latest(self, wanted: Criterion, seen: Sequence[Reading]) -> Judgement:
        span = _last(seen, max(MAX_JOIN_WINDOW, self._patience))
        latest = next(self._points(span.readings), None)
        if latest is None:
            measurement = aggregate_readings(self._series.kind, span.readings)
            return self._unreadable(span, self._too_few(measurement), measurement)
        return self._verdict(wanted, _measured(latest, self._series.kind), latest)

    def _points(self, readings: Sequence[Reading]) -> Iterator[ReadingWindow]:
        """Yield the readings with a value, newest first.

        Those of a ratio are joined, from the newest back, until each point has enough samples; a remainder at the old
        end is dropped."""
        gathered: list[Reading] = []
        for reading in reversed(readings):
            if is_informative(reading):
                gathered.append(reading)
                if sum(each.n for each in gathered) >= self._needed:
                    yield ReadingWindow(reading.at - self._every, gathered[0].at, gathered[::-1])
                    gathered = []

    @property
    def _every(self) -> float:
        return self._binding.every if self._binding else 1.0

    @property
    def _needed(self) -> int:
        """Samples that a figure needs: for a ratio as the environment sets, else one."""
        return self._binding.min_samples if self._binding and self._series.kind is SignalKind.RATIO else 1

    def _too_few(self, measurement: Measurement) -> str:
        """Return the lack of samples as text; empty if there are enough."""
        return f"{measurement.n} of {self._needed} samples needed" if measurement.n < self._needed else ""

    def _gaps(self, span: ReadingWindow, seconds: float) -> str:
        """Return the gap as text; empty if at least half of the readings due have a value."""
        due = max(1, round(seconds / self._every))
        missing = due - sum(is_informative(reading) for reading in span.readings)
        if missing * 2 <= due:
            return ""
        failed = [reading for reading in span.readings if not is_informative(reading)]
        error = aggregate_readings(self._series.kind, failed).error
        return f"{format_missing(missing, due)} ({error})"

    def _verdict(self, wanted: Criterion, measurement: Measurement, span: ReadingWindow) -> Judgement:
        is_met = _meets(wanted, measurement)
        say = self._say(measurement, wanted.say)
        if is_met is None:
            return Judgement(WindowVerdict.UNREADABLE, None, measurement.n, span.start, span.end, say)
        verdict = WindowVerdict.MET if is_met else WindowVerdict.UNMET
        return Judgement(verdict, _least(measurement), measurement.n, span.start, span.end, say,
                         wanted.margin(_least(measurement)), measurement.value is None)  # fmt: skip

    def _waiting(self, span: ReadingWindow, measurement: Measurement, why: str) -> Judgement:
        say = self._say(measurement, why)
        return Judgement(WindowVerdict.WAITING, measurement.value, measurement.n, span.start, span.end, say)

    def _nothing_new(self, nowhere: ReadingWindow, seen: Sequence[Reading]) -> Judgement:
        """Judge a window without new readings: WAITING before the first could arrive, UNREADABLE after that."""
        if not seen and nowhere.end - nowhere.start < self._patience:
            return self._waiting(nowhere, NOTHING, "no reading yet")
        return self._unreadable(nowhere, seen[-1].error or "no new reading" if seen else "no readings")

    def _unreadable(self, span: ReadingWindow, why: str, measurement: Measurement = NOTHING) -> Judgement:
        say = f"{self._expectation.signal} cannot be read: {why}"
        return Judgement(WindowVerdict.UNREADABLE, None, measurement.n, span.start, span.end, say)

    def _say(self, measurement: Measurement, rest: str) -> str:
        if measurement.value is None and measurement.more_than is None:
            return f"{self._expectation.signal}: {rest}"
        value = format_measured(_least(measurement), self._series.kind, is_lower_bound=measurement.value is None)
        parts = (f"{self._expectation.signal} is {value}", rest, f"n {measurement.n}")
        return ", ".join(part for part in parts if part)


def _last(seen: Sequence[Reading], seconds: float) -> ReadingWindow:
    end = seen[-1].at
    return ReadingWindow(end - seconds, end, [reading for reading in seen if reading.at > end - seconds + TINY])


def _measured(point: ReadingWindow, kind: SignalKind) -> Measurement:
    return aggregate_readings(kind, point.readings)


def _meets(wanted: Criterion, measurement: Measurement) -> bool | None:
    """Return True if the measurement meets it; None if that is not known, after requests that timed out."""
    if measurement.value is None:
        return wanted.is_met_above(_least(measurement))
    return wanted.is_met_by(measurement.value)


def _least(measurement: Measurement) -> float:
    """Return the value, or the bound that it exceeds."""
    return measurement.value if measurement.value is not None else measurement.more_than or 0.0


def _of(passed: float, seconds: float) -> str:
    return f"{format_duration(max(0.0, passed))} of {format_duration(seconds)}"
