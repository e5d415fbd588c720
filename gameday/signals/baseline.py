"""What a signal measures in peace: the number that `3x baseline` is a multiple of."""

from __future__ import annotations

from statistics import median

from gameday.model import SignalKind
from gameday.signals.probe import Measurement
from gameday.signals.series import Series, has_value


def baseline(series: Series, start: float, end: float) -> Measurement:
    """Over the readings due after `start` and until `end`: as the series takes them together, but for a count, whose
    baseline is the median and not the last one."""
    found = series.aggregate(start, end)
    if series.kind is not SignalKind.COUNT or found.value is None:
        return found
    values = [reading.value for reading in series.window(start, end) if has_value(reading)]
    return Measurement(float(median(value for value in values if value is not None)), found.n)
