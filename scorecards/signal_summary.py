"""What each signal measured while the fault stood, beside what it measures in peace; and how a value is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import Event, first_time, of_kind, read_plan
from gameday.events.access import integer, number, text
from gameday.model import Reading, SignalKind
from gameday.moments import Moment
from gameday.scorecards.fault_outcomes import end_times


@dataclass(frozen=True, slots=True)
class Measured:
    """One signal. `lowest` and `highest` are of the readings while the fault stood; `readings` of them could be
    taken and `unread` could not. `usual` rests on `usual_n` samples."""

    signal: str
    kind: str
    usual: float | None
    usual_n: int
    lowest: float | None
    highest: float | None
    readings: int
    unread: int


def measured(events: Sequence[Event], readings: Sequence[Reading]) -> tuple[Measured, ...]:
    """Every signal that was read, in the order in which it was first read."""
    kinds = signal_kinds(events, readings)
    low, high = _stood(events)
    usual = {text(e.data, "signal"): e for e in of_kind(events, "baseline")}
    during: dict[str, list[Reading]] = {name: [] for name in kinds}
    for reading in readings:
        if low <= reading.at <= high:
            during[reading.signal].append(reading)
    return tuple(_measured(name, kinds[name], usual.get(name), found) for name, found in during.items())


def _stood(events: Sequence[Event]) -> tuple[float, float]:
    """From the first fault until the last had ended (monotonic seconds); while one may still stand, until ENDEX."""
    begun, ends = first_time(events, Moment.FAULT), end_times(events)
    marks = {text(event.data, "marker") for event in of_kind(events, "fault")}
    over = (
        max(ends[mark] for mark in marks)
        if marks and marks <= set(ends)
        else first_time(events, Moment.REVERTED, "end")
    )
    return (begun, over) if begun is not None and over is not None else (0.0, 0.0)


def _measured(name: str, kind: str, usual: Event | None, found: Sequence[Reading]) -> Measured:
    values = [reading.value for reading in found if reading.value is not None]
    return Measured(
        name, kind, number(usual.data, "value") if usual else None, integer(usual.data, "n") if usual else 0,
        min(values, default=None), max(values, default=None), len(values), len(found) - len(values),
    )  # fmt: skip


def signal_kinds(events: Sequence[Event], readings: Sequence[Reading]) -> dict[str, str]:
    """The kind of each signal that was read, as planned."""
    known = read_plan(events).signals
    return {name: known.get(name, SignalKind.COUNT) for name in dict.fromkeys(one.signal for one in readings)}
