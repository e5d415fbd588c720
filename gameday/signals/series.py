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


def aggregate_readings(kind: SignalKind, readings: Sequence[Reading]) -> Measurement:
    """Aggregate several readings (by time). n is the sum of theirs.

    A ratio is the mean weighted by n: the share over all samples. A duration is the median of the readings (the
    percentile of a whole cannot be had from percentiles; the median is not moved by one slow answer). A count is
    the last one. An alert is the highest: it fired if it fired at all."""
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
