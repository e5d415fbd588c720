"""Time axis of the chart: seconds from the fault, its extent, and series short enough to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import Ended, Event, reference_time, time_of
from gameday.model import Reading
from gameday.review.event_text import format_offset

MAX_POINTS = 500
"""Points of one line that a chart needs at most."""

_TICK_STEPS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: `zero` in monotonic seconds; `low` and `high` in seconds from it."""

    zero: float
    low: float
    high: float

    def at(self, monotonic: float) -> float:
        return monotonic - self.zero

    def ticks(self, most: int = 9) -> list[tuple[float, str]]:
        """Return about `most` round offsets from the fault, where the axis is not longer than a day."""
        step = next((s for s in _TICK_STEPS_S if (self.high - self.low) / s <= most), _TICK_STEPS_S[-1])
        first = math.ceil(self.low / step)
        return [(k * step, format_offset(k * step)) for k in range(first, math.floor(self.high / step) + 1)]


def time_axis(events: Sequence[Event], readings: Sequence[Reading]) -> Axis:
    """Return the axis from shortly before the fault until shortly after the end of the drill."""
    start = reference_time(events)
    ended = time_of(events, Ended) or (events[-1].happened if events else start)
    length = max(ended - start, 1.0)
    first_reading = min((reading.at for reading in readings), default=start)
    low = max(min(first_reading - start, 0.0), -max(length * 0.14, 5.0))
    return Axis(start, low if low < 0 else -length * 0.05, length * 1.02)


def signal_line(readings: Sequence[Reading], axis: Axis) -> tuple[list[float], list[float]]:
    """Return offsets and values of one signal, thinned to its extremes; a failed reading is a gap (nan)."""
    shown = [reading for reading in readings if axis.low <= axis.at(reading.at) <= axis.high]
    size = max(1, math.ceil(2 * len(shown) / MAX_POINTS))
    xs: list[float] = []
    ys: list[float] = []
    for start in range(0, len(shown), size):
        for reading in _extremes(shown[start : start + size]):
            xs.append(axis.at(reading.at))
            ys.append(_value(reading))
    return xs, ys


def _extremes(bucket: Sequence[Reading]) -> list[Reading]:
    """Return the lowest and highest reading of a bucket in order of time, and a failed one for its gap."""
    failed = [reading for reading in bucket if reading.value is None]
    values = [reading for reading in bucket if reading.value is not None]
    if not values or len(bucket) == 1:
        return list(bucket[:1])
    low, high = min(values, key=_value), max(values, key=_value)
    kept = {id(reading): reading for reading in (low, high, *failed[:1])}
    return sorted(kept.values(), key=lambda reading: reading.at)


def _value(reading: Reading) -> float:
    return reading.value if reading.value is not None else math.nan
