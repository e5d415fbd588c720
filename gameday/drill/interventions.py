"""The facilitator's interventions in a drill, folded from its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gameday.events import (
    EarlyApplyRequested,
    Event,
    FaultAdjusted,
    MessageOverridden,
    Paused,
    Resumed,
    TimeboxExtended,
)
from gameday.model import Json

MAX_PAUSE_S = 600.0
"""Time after which a pause ends by itself."""
EXTENSION_S = 300.0
"""Extension of the timebox; possible once."""

Params = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Interventions:
    """Interventions so far. Times are CLOCK_MONOTONIC."""

    sent_now: frozenset[int] = frozenset()
    """Messages that the facilitator sent ahead of their time."""
    held: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    reworded: Mapping[int, str] = field(default_factory=dict[int, str])
    """New text of each reworded message."""
    early_faults: frozenset[str] = frozenset()
    """Faults to apply at once."""
    adjustments: Mapping[str, tuple[Params, ...]] = field(default_factory=dict[str, tuple[Params, ...]])
    """Parameters set for each fault, latest last."""
    extension: float = 0.0
    """Seconds added to the timebox."""
    pauses: tuple[tuple[float, float], ...] = ()
    """Start and end of each finished pause."""
    paused_at: float | None = None
    """Start of the current pause."""


def paused_seconds(interventions: Interventions, since: float) -> float:
    """Return the seconds of finished pauses after `since`, by which everything counted from there is later."""
    return sum(max(0.0, end - max(start, since)) for start, end in interventions.pauses)


def add_stop_as_pause(state: Interventions, start: float, end: float) -> Interventions:
    """Return the interventions after a resumed STOP: everything is later by the time it took, a pause included."""
    start = start if state.paused_at is None else min(start, state.paused_at)
    return replace(state, pauses=(*state.pauses, (start, end)), paused_at=None)


def fold_intervention(state: Interventions, event: Event) -> Interventions:
    """Return the interventions after one more event."""
    match event.body:
        case MessageOverridden() as body:
            return _override(state, body)
        case EarlyApplyRequested(fault=fault):
            return replace(state, early_faults=state.early_faults | {fault})
        case FaultAdjusted(fault=fault, params=params):
            return replace(state, adjustments={**state.adjustments, fault: (*state.adjustments.get(fault, ()), params)})
        case TimeboxExtended():
            return replace(state, extension=EXTENSION_S)
        case Paused() if state.paused_at is None:
            return replace(state, paused_at=event.happened)
        case Resumed() if state.paused_at is not None:
            return replace(state, pauses=(*state.pauses, (state.paused_at, event.happened)), paused_at=None)
        case _:
            return state


def _override(state: Interventions, body: MessageOverridden) -> Interventions:
    entry = frozenset({body.entry})
    match body.operation:
        case "send":
            return replace(state, sent_now=state.sent_now | entry, held=state.held - entry)
        case "hold":
            return replace(state, held=state.held | entry)
        case "release":
            return replace(state, held=state.held - entry)
        case "skip":
            return replace(state, skipped=state.skipped | entry)
        case _:
            return replace(state, reworded={**state.reworded, body.entry: body.text})
