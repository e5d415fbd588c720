"""Ratios from cumulative counters, by the difference between two answers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from gameday.plugins.probe import NO_SAMPLES, Measurement, MeasurementError


@dataclass(frozen=True, slots=True)
class CounterValues:
    """Values of both counters in one answer."""

    question: int
    good: float
    total: float


class CounterRatio:
    """Counters of the last answer, with a request each `every` seconds.

    Answers may overtake each other: the later one includes what the earlier counted."""

    def __init__(self, every: float = 1.0) -> None:
        self._every = every
        self._asked = 0
        self._last: CounterValues | None = None

    def next_request_number(self) -> int:
        """Return the number of a request that is sent now."""
        self._asked += 1
        return self._asked

    def ratio_since_last(self, question: int, good: float, total: float) -> Measurement:
        """Return the ratio since the last answer; n is what was added to the total. Raises MeasurementError."""
        if not (math.isfinite(good) and math.isfinite(total)):
            raise MeasurementError("the counters are not numbers")
        now, before = CounterValues(question, good, total), self._last
        if before is not None and question < before.question:
            raise MeasurementError("responses arrived out of order")
        self._last = now
        if before is None:
            raise MeasurementError("the first reading: nothing to compare it with yet")
        return replace(_between(before, now), over=(now.question - before.question) * self._every)


def _between(before: CounterValues, now: CounterValues) -> Measurement:
    good, total = now.good - before.good, now.total - before.total
    if good < 0 or total < 0:
        raise MeasurementError("the counters were reset")
    if total < 1:
        raise MeasurementError(f"{NO_SAMPLES} since the last reading")
    if good > total:
        raise MeasurementError("the counters are inconsistent: good_count is larger than total_count")
    return Measurement(good / total, int(total))
