"""Reserved times of schedules in an environment, and where two of them overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.schedule.recurrence import Recurrence

OVERLAP_HORIZON_S = 2 * 366 * 86400.0
"""Time in which two schedules are compared: clock changes and long intervals repeat within it."""


@dataclass(frozen=True, slots=True)
class SlotSeries:
    """Slots of a schedule: when each begins, and how many seconds all of them last."""

    begins: Sequence[float]
    length: float


def list_slots(recurrence: Recurrence, length: float, now: float) -> SlotSeries:
    """Return the slots from now on."""
    return SlotSeries(recurrence.between(now - length, now + OVERLAP_HORIZON_S), length)


def find_overlap(series: SlotSeries, other: SlotSeries) -> tuple[float, float] | None:
    """Return the begins of the first two slots that overlap, of `series` and of `other`; None if there are none."""
    first = second = 0
    while first < len(series.begins) and second < len(other.begins):
        begin, second_begin = series.begins[first], other.begins[second]
        if begin < second_begin + other.length and second_begin < begin + series.length:
            return begin, second_begin
        if begin < second_begin:
            first += 1
        else:
            second += 1
    return None


def find_overrun(series: SlotSeries) -> tuple[float, float] | None:
    """Return the first slot that is not over when the next one begins, and that next one, or None."""
    pairs = zip(series.begins, series.begins[1:], strict=False)
    return next((pair for pair in pairs if pair[1] - pair[0] < series.length), None)
