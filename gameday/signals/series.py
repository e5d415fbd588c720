"""The readings of one signal, in the order they were due, and what several of them come to."""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Sequence
from operator import attrgetter
from statistics import median

from gameday.model import Reading, SignalKind
from gameday.plugins.probe import Measurement

MOST = 100_000
"""Readings that are kept at most, whatever their rate."""

_AT = attrgetter("at")


def _order(reading: Reading) -> tuple[float, float, int]:
    """By time; two of the same time lie in one order, however they came."""
    return reading.at, reading.value if reading.value is not None and has_value(reading) else -math.inf, reading.n


class Series:
    """Keeps the last `keep` seconds. Readings may come in any order; a value that is no number counts as none."""

    def __init__(self, kind: SignalKind, keep: float = 3600.0) -> None:
        self.kind = kind
        self._keep = keep
        self._readings: list[Reading] = []

    def add(self, reading: Reading) -> None:
        insort(self._readings, reading, key=_order)
        if self._readings[-1].at - self._readings[0].at > 2 * self._keep or len(self._readings) > MOST:
            self._drop_the_old()

    def window(self, start: float, end: float) -> list[Reading]:
        """The readings due after `start` and until `end`: of two windows that touch, each reading is in one."""
        low = bisect_right(self._readings, start, key=_AT)
        return self._readings[low : bisect_right(self._readings, end, key=_AT)]

    @property
    def last(self) -> Reading | None:
        return self._readings[-1] if self._readings else None

    def aggregate(self, start: float, end: float) -> Measurement:
        """What the window comes to (see `together`)."""
        return aggregate_readings(self.kind, self.window(start, end))

    def _drop_the_old(self) -> None:
        since = self._readings[-1].at - self._keep
        del self._readings[: max(bisect_right(self._readings, since, key=_AT), len(self._readings) - MOST // 2)]


def has_value(reading: Reading) -> bool:
    """Whether anything was measured: a value that is a number, resting on at least one sample."""
    return reading.value is not None and math.isfinite(reading.value) and reading.n > 0


def aggregate_readings(kind: SignalKind, readings: Sequence[Reading]) -> Measurement:
    """Several readings (by time) as one. n is the sum of theirs.

    A ratio is the mean weighted by n: the share over all samples. A duration is the median of the readings (the
    percentile of a whole cannot be had from percentiles; the median is not moved by one slow answer). A count is
    the last one. An alert is the highest: it fired if it fired at all."""
    found = [reading for reading in readings if has_value(reading)]
    values = [reading.value for reading in found if reading.value is not None]
    n = sum(reading.n for reading in found)
    if not values:
        return Measurement(
            None, 0, next((reading.error for reading in reversed(readings) if reading.error), "no readings")
        )
    if kind is SignalKind.RATIO:
        return Measurement(sum(value * reading.n for value, reading in zip(values, found, strict=True)) / n, n)
    if kind is SignalKind.DURATION:
        return Measurement(float(median(values)), n)
    return Measurement(values[-1] if kind is SignalKind.COUNT else max(values), n)
