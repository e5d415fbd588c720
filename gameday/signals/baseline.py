"""The baseline of a signal: the number that relative limits are multiples of."""

from __future__ import annotations

from statistics import median

from gameday.model import SignalKind
from gameday.plugins.probe import Measurement
from gameday.signals.series import Series, has_value


def compute_baseline(series: Series, start: float, end: float) -> Measurement:
    """Aggregate the readings due after `start` and until `end`.

    The baseline of a count is its median, not its last value."""
    measurement = series.aggregate(start, end)
    if measurement.value is None:
        return Measurement(None, 0, measurement.error)  # no multiple of a lower bound is a limit
    if series.kind is not SignalKind.COUNT:
        return measurement
    values = [reading.value for reading in series.window(start, end) if has_value(reading)]
    return Measurement(float(median(value for value in values if value is not None)), measurement.n)
