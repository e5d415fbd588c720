"""Outcome of each fault: how long it was active, what ended it, whether its effect was seen."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from gameday.events import (
    EffectJudged,
    Event,
    FaultConfirmed,
    FaultKept,
    FaultReverted,
    Lapsed,
    Removed,
    of_type,
    read_plan,
)

EXTERNAL_CAUSE = "a change outside the drill"


@dataclass(frozen=True, slots=True)
class FaultOutcome:
    """One fault; a fault that was adjusted is still the same fault.

    `effect`: seen, not seen, not judged (cut short) or not expected. `active`: seconds from confirmed active, the
    first time, until it had ended, whatever ended it. `adjusted`: how often the facilitator adjusted it. `ended_by`:
    the action that ended it, or `the fault ID` of the drill; `kept`: why it was left unchanged. Both are
    empty where that did not happen.
    """

    id: str
    kind: str
    target: str
    effect: str
    signal: str
    value: float | None
    n: int
    active: float | None
    lapsed: bool
    adjusted: int = 0
    ended_by: str = ""
    kept: str = ""


def collect_fault_outcomes(events: Sequence[Event]) -> tuple[FaultOutcome, ...]:
    """Return the outcome of each fault that was confirmed active, in order."""
    confirmed: dict[str, list[Event[FaultConfirmed]]] = {}
    for event in of_type(events, FaultConfirmed):
        confirmed.setdefault(event.body.fault, []).append(event)
    return tuple(_outcome(events, fault) for fault in confirmed.values())


def _outcome(events: Sequence[Event], confirmed: Sequence[Event[FaultConfirmed]]) -> FaultOutcome:
    """Fold one fault; it was confirmed once when it was applied, and again after each adjustment."""
    first = confirmed[0]
    markers = {event.body.marker for event in confirmed}
    ends = fault_end_times(events)
    effect = next((e.body for e in of_type(events, EffectJudged) if e.body.fault == first.body.fault), None)
    return FaultOutcome(
        first.body.fault, first.body.fault_kind, first.body.target, _effect(events, first.body.fault, effect),
        effect.signal if effect else "", effect.value if effect else None, effect.n if effect else 0,
        max(ends[marker] for marker in markers) - first.happened if markers <= set(ends) else None,
        any(event.body.marker in markers for event in of_type(events, Lapsed)), len(confirmed) - 1,
        _ended_by(events, markers), _kept(events, markers),
    )  # fmt: skip


def fault_end_times(events: Sequence[Event]) -> dict[str, float]:
    """Return the monotonic seconds at which each marker's fault had ended: by the first event that says so."""
    ends: dict[str, float] = {}
    for event in (*of_type(events, Lapsed, Removed), *of_type(events, FaultReverted, FaultKept)):
        marker = event.body.marker
        ends[marker] = min(event.happened, ends.get(marker, event.happened))
    return ends


def _ended_by(events: Sequence[Event], markers: Set[str]) -> str:
    removed = next((event.body for event in of_type(events, Removed) if event.body.marker in markers), None)
    if removed is None:
        return ""
    if removed.by_fault:
        return f"the fault {removed.by_fault}"
    if removed.by_responders:
        return "the responders"
    return removed.by_action or (EXTERNAL_CAUSE if removed.reason and not _kept(events, markers) else "")


def _kept(events: Sequence[Event], markers: Set[str]) -> str:
    return next((event.body.reason for event in of_type(events, FaultKept) if event.body.marker in markers), "")


def _effect(events: Sequence[Event], fault: str, effect: EffectJudged | None) -> str:
    if effect is not None:
        return "seen" if effect.seen else "not seen"
    is_expected = any(planned.id == fault and planned.effect for planned in read_plan(events).faults)
    return "not judged" if is_expected else "not expected"
