"""The readings of one signal in the order of their due times, and their aggregate."""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Sequence
from operator import attrgetter
from statistics import median

from gameday.model import Reading, SignalKind
from gameday.plugins.probe import Measurement

MAX_READINGS = 100_000
"""Readings kept at most, whatever their rate."""

_AT = attrgetter("at")


def _order(reading: Reading) -> tuple[float, float, int]:
    """Return the sort key: by time, and in one order for equal times, however they arrived."""
    return reading.at, reading.value if reading.value is not None and has_value(reading) else -math.inf, reading.n


class Series:
    """Keeps the last `keep` seconds. Readings may come in any order; a value that is no number counts as none."""

    def __init__(self, kind: SignalKind, keep: float = 3600.0) -> None:
        self.kind = kind
        self._keep = keep
        self._readings: list[Reading] = []

    def add(self, reading: Reading) -> None:
        insort(self._readings, reading, key=_order)
        if self._readings[-1].at - self._readings[0].at > 2 * self._keep or len(self._readings) > MAX_READINGS:
            self._drop_old()

    def window(self, start: float, end: float) -> list[Reading]:
        """Return the readings due after `start` and until `end`: each is in one of two adjacent windows."""
        low = bisect_right(self._readings, start, key=_AT)
        return self._readings[low : bisect_right(self._readings, end, key=_AT)]

    @property
    def last(self) -> Reading | None:
        return self._readings[-1] if self._readings else None

    def aggregate(self, start: float, end: float) -> Measurement:
        """Aggregate a window (see `aggregate_readings`)."""
        return aggregate_readings(self.kind, self.window(start, end))

    def _drop_old(self) -> None:
        since = self._readings[-1].at - self._keep
        del self._readings[: max(bisect_right(self._readings, since, key=_AT), len(self._readings) - MAX_READINGS // 2)]


def has_value(reading: Reading) -> bool:
    """Return True if a finite value was measured, from at least one sample."""
    return reading.value is not None and math.isfinite(reading.value) and reading.n > 0


def is_informative(reading: Reading) -> bool:
    """Return True if a reading has a value, or a bound that its value exceeds."""
    return has_value(reading) or reading.more_than is not None


def aggregate_readings(kind: SignalKind, readings: Sequence[Reading]) -> Measurement:
    """Aggregate several readings (by time). n is the sum of theirs.

    A ratio is the mean weighted by n: the share over all samples. A duration is the median of the readings (the
    percentile of a whole cannot be had from percentiles; the median is not moved by one slow answer), to which requests
    that timed out belong. A count is the last one. An alert is the highest: it fired if it fired at all."""
    if kind is SignalKind.DURATION and any(reading.more_than is not None for reading in readings):
        return _median_with_timeouts([reading for reading in readings if is_informative(reading)])
    measured = [reading for reading in readings if has_value(reading)]
    values = [reading.value for reading in measured if reading.value is not None]
    n = sum(reading.n for reading in measured)
    if not values:
        return Measurement(
            None, 0, next((reading.error for reading in reversed(readings) if reading.error), "no readings")
        )
    if kind is SignalKind.RATIO:
        return Measurement(sum(value * reading.n for value, reading in zip(values, measured, strict=True)) / n, n)
    if kind is SignalKind.DURATION:
        return Measurement(float(median(values)), n)
    return Measurement(values[-1] if kind is SignalKind.COUNT else max(values), n)


def _median_with_timeouts(readings: Sequence[Reading]) -> Measurement:
    """Return the median of durations, of which those that timed out exceed all others; a bound where it is of these."""
    n = sum(reading.n for reading in readings)
    lowest, highest = (median([_bounded(reading, above) for reading in readings]) for above in (0.0, math.inf))
    if lowest == highest:
        return Measurement(float(lowest), n)
    error = next(reading.error for reading in reversed(readings) if reading.more_than is not None)
    return Measurement(None, n, error, more_than=float(lowest))


def _bounded(reading: Reading, above: float) -> float:
    """Return the value; of a reading without one its lower bound, or `above` if that is more."""
    return reading.value if reading.value is not None else max(reading.more_than or 0.0, above)
