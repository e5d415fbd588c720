"""Periods in which each fault was present, folded from events: verdicts rest on readings of these alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gameday.events.envelope import Event
from gameday.events.faults import FaultConfirmed, FaultEnded, FaultEndedUnexpectedly, Removed
from gameday.events.reverts import FaultReverted, ForeignChangeKept, RevertAbandoned, RevertStarted

TOLERANCE_S = 0.002
"""Times in events are rounded to a millisecond."""


@dataclass(frozen=True, slots=True)
class ActivePeriod:
    """One time in which a fault was present (CLOCK_MONOTONIC); `end` None while it is.

    `occurrence`: number of this time of the fault, from 0. It begins with the first confirmation of its presence and
    ends with the last one before the fault ended, so that no reading within it was taken without the fault.
    """

    fault: str
    occurrence: int
    marker: str
    start: float
    end: float | None = None

    def contains(self, start: float, end: float) -> bool:
        """Return True if a window lies wholly within the period."""
        return self.start - TOLERANCE_S <= start and (self.end is None or end <= self.end + TOLERANCE_S)

    @property
    def seconds(self) -> float:
        return 0.0 if self.end is None else max(0.0, self.end - self.start)


Periods = Mapping[str, tuple[ActivePeriod, ...]]
"""Periods of each fault by its id, in their order."""


def active_periods(events: Sequence[Event]) -> Periods:
    """Return the periods in which each fault was present."""
    periods: Periods = {}
    for event in events:
        periods = fold_active_period(periods, event)
    return periods


def fold_active_period(periods: Periods, event: Event) -> Periods:
    """Return the periods after one more event."""
    match event.body:
        case FaultConfirmed(marker=marker, fault=fault):
            return _begin(periods, fault, marker, event.happened)
        case FaultEndedUnexpectedly() | Removed() | FaultEnded() as body:
            return _finish(periods, event.happened if body.last_present is None else body.last_present, body.marker)
        case FaultReverted(marker=marker) | ForeignChangeKept(marker=marker) | RevertAbandoned(marker=marker):
            return _finish(periods, event.happened, marker)
        case RevertStarted():
            return _finish(periods, event.happened)
        case _:
            return periods


def fault_of(periods: Periods, marker: str) -> str:
    """Return the fault that this marker is the latest of; empty for none."""
    return next((fault for fault, known in periods.items() if known[-1].marker == marker), "")


def _begin(periods: Periods, fault: str, marker: str, at: float) -> Periods:
    """Begin a period; an adjusted fault is the same fault, stays present, and has another marker."""
    known = periods.get(fault, ())
    if known and known[-1].end is None:
        return {**periods, fault: (*known[:-1], replace(known[-1], marker=marker))}
    return {**periods, fault: (*known, ActivePeriod(fault, len(known), marker, at))}


def _finish(periods: Periods, at: float, marker: str | None = None) -> Periods:
    """End the period of this marker, or all."""
    return {
        fault: _ended(known, at) if marker is None or known[-1].marker == marker else known
        for fault, known in periods.items()
    }


def _ended(known: tuple[ActivePeriod, ...], at: float) -> tuple[ActivePeriod, ...]:
    last = known[-1]
    return (*known[:-1], replace(last, end=max(at, last.start))) if last.end is None else known
