"""Summary of each signal: its readings while a fault was active, beside its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import BaselineMeasured, Event, active_periods, of_type, read_plan
from gameday.model import Reading, SignalKind


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
    periods = [period for known in active_periods(events).values() for period in known]
    baselines = {event.body.signal: event.body for event in of_type(events, BaselineMeasured)}
    during: dict[str, list[Reading]] = {name: [] for name in kinds}
    for reading in readings:
        if any(period.contains(reading.at, reading.at) for period in periods):
            during[reading.signal].append(reading)
    return tuple(_summary(name, kinds[name], baselines.get(name), readings) for name, readings in during.items())


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
