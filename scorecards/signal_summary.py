"""What each signal measured while the fault stood, beside what it measures in peace; and how a value is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gameday.events.access import first_time, integer, number, of_kind, read_plan, text
from gameday.model import Event, Json, Reading, SignalKind
from gameday.moments import Moment
from gameday.scorecards.fault_outcomes import end_times
from gameday.units import format_duration


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
    usual = {text(e.data, "signal"): e for e in of_kind(events, "usual")}
    during: dict[str, list[Reading]] = {name: [] for name in kinds}
    for reading in readings:
        if low <= reading.at <= high:
            during[reading.signal].append(reading)
    return tuple(_measured(name, kinds[name], usual.get(name), found) for name, found in during.items())


def _stood(events: Sequence[Event]) -> tuple[float, float]:
    """From the first fault until the last had ended (monotonic seconds); while one may still stand, until ENDEX."""
    begun, ends = first_time(events, Moment.FAULT), end_times(events)
    marks = {text(event.data, "mark") for event in of_kind(events, "fault")}
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


def finding(data: Mapping[str, Json], kinds: Mapping[str, str]) -> str:
    """What a judgement found: `database-wait is 410 ms`; why not, where nothing could be read."""
    value, signal = number(data, "value"), text(data, "signal")
    return text(data, "say") if value is None else f"{signal} is {say(value, kinds.get(signal, ''))}"


def say(value: float | None, kind: str) -> str:
    """A value as a person would say it: `97.2%`, `410 ms`, `12`; `-` when there is none."""
    if value is None:
        return "-"
    if kind == SignalKind.RATIO:
        return f"{value * 100:.{2 if value > 0.99 else 1}f}".rstrip("0").rstrip(".") + "%"
    if kind == SignalKind.DURATION:
        return format_duration(round(value, 4))
    if kind == SignalKind.ALERT:
        return "firing" if value else "silent"
    return f"{value:g}"
