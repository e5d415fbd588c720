"""The picture's time axis: seconds from the fault, how far it reaches, and series short enough to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import Event, first_time, reference_time
from gameday.model import Reading
from gameday.review.time_format import offset

POINTS = 500
"""How many points of one line a picture needs at most."""

_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True, slots=True)
class Axis:
    """`zero` in monotonic seconds; `low` and `high` in seconds from it."""

    zero: float
    low: float
    high: float

    def at(self, monotonic: float) -> float:
        return monotonic - self.zero

    def ticks(self) -> list[tuple[float, str]]:
        """About eight round offsets from the fault."""
        step = next((s for s in _STEPS if (self.high - self.low) / s <= 9), _STEPS[-1])
        first = math.ceil(self.low / step)
        return [(k * step, offset(k * step)) for k in range(first, math.floor(self.high / step) + 1)]


def axis(events: Sequence[Event], readings: Sequence[Reading]) -> Axis:
    """From shortly before the fault to shortly after ENDEX: the time in which something can be seen."""
    start = reference_time(events)
    ended = first_time(events, "end") or (events[-1].happened if events else start)
    long = max(ended - start, 1.0)
    begun = min((reading.at for reading in readings), default=start)
    low = max(min(begun - start, 0.0), -max(long * 0.14, 5.0))
    return Axis(start, low if low < 0 else -long * 0.05, long * 1.02)


def line(readings: Sequence[Reading], within: Axis) -> tuple[list[float], list[float]]:
    """Offsets and values of one signal, at most POINTS of them, extremes kept; a hole (nan) where none was taken."""
    shown = [one for one in readings if within.low <= within.at(one.at) <= within.high]
    size = max(1, math.ceil(2 * len(shown) / POINTS))
    xs: list[float] = []
    ys: list[float] = []
    for start in range(0, len(shown), size):
        for one in _extremes(shown[start : start + size]):
            xs.append(within.at(one.at))
            ys.append(math.nan if one.value is None else one.value)
    return xs, ys


def _extremes(bucket: Sequence[Reading]) -> list[Reading]:
    """The lowest and the highest of a bucket, in order of time; a missing one stands for the bucket's hole."""
    missing = [one for one in bucket if one.value is None]
    values = [one for one in bucket if one.value is not None]
    if not values or len(bucket) == 1:
        return list(bucket[:1])
    low, high = min(values, key=_value), max(values, key=_value)
    kept = {id(one): one for one in (low, high, *missing[:1])}
    return sorted(kept.values(), key=lambda one: one.at)


def _value(one: Reading) -> float:
    return one.value if one.value is not None else math.nan
