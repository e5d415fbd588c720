"""Summary of each signal: its readings while a fault was active, beside its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import BaselineMeasured, Ended, Event, FaultConfirmed, first_time, of_type, read_plan
from gameday.model import Reading, SignalKind
from gameday.moments import Moment
from gameday.scorecards.fault_outcomes import fault_end_times


@dataclass(frozen=True, slots=True)
class SignalSummary:
    """One signal; `baseline` rests on `baseline_n` samples, the rest on readings while a fault was active.

    `readings` counts those with a value, `failed` those without.
    """

    signal: str
    kind: str
    baseline: float | None
    baseline_n: int
    lowest: float | None
    highest: float | None
    readings: int
    failed: int


def summarize_signals(events: Sequence[Event], readings: Sequence[Reading]) -> tuple[SignalSummary, ...]:
    """Return every signal that was read, in the order of first readings."""
    kinds = signal_kinds(events, readings)
    start, end = _active_period(events)
    baselines = {event.body.signal: event.body for event in of_type(events, BaselineMeasured)}
    during: dict[str, list[Reading]] = {name: [] for name in kinds}
    for reading in readings:
        if start <= reading.at <= end:
            during[reading.signal].append(reading)
    return tuple(_summary(name, kinds[name], baselines.get(name), readings) for name, readings in during.items())


def _active_period(events: Sequence[Event]) -> tuple[float, float]:
    """Return the time from the first fault until the last had ended; while one may be active, until the end."""
    start, ends = first_time(events, Moment.FAULT), fault_end_times(events)
    markers = {event.body.marker for event in of_type(events, FaultConfirmed)}
    all_ended = bool(markers) and markers <= set(ends)
    end = max(ends[marker] for marker in markers) if all_ended else first_time(events, Moment.REVERTED, Ended.kind)
    return (start, end) if start is not None and end is not None else (0.0, 0.0)


def _summary(name: str, kind: str, baseline: BaselineMeasured | None, readings: Sequence[Reading]) -> SignalSummary:
    values = [reading.value for reading in readings if reading.value is not None]
    return SignalSummary(
        name, kind, baseline.value if baseline else None, baseline.n if baseline else 0,
        min(values, default=None), max(values, default=None), len(values), len(readings) - len(values),
    )  # fmt: skip


def signal_kinds(events: Sequence[Event], readings: Sequence[Reading]) -> dict[str, str]:
    """Return the kind of each signal that was read, as planned."""
    planned = read_plan(events).signals
    return {name: planned.get(name, SignalKind.COUNT) for name in dict.fromkeys(r.signal for r in readings)}
