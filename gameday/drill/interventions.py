"""The facilitator's hands: what the person at the keyboard asked of the drill, folded from its events."""

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

PAUSE_ENDS = 600.0
"""Seconds after which a pause ends by itself."""
EXTENSION = 300.0
"""Seconds by which the timebox can be extended, once."""

Params = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Interventions:
    """`sent`, `held`, `skipped`: messages; `reworded`: their new words. `sooner`: faults that are wanted
    at once. `adjustments`: for each fault the parameters set, latest last. `extended`: seconds added to the timebox.
    `pauses`: those that are over, from and to; `paused`: since when, None when it runs (CLOCK_MONOTONIC)."""

    sent: frozenset[int] = frozenset()
    held: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    reworded: Mapping[int, str] = field(default_factory=dict[int, str])
    sooner: frozenset[str] = frozenset()
    adjustments: Mapping[str, tuple[Params, ...]] = field(default_factory=dict[str, tuple[Params, ...]])
    extended: float = 0.0
    pauses: tuple[tuple[float, float], ...] = ()
    paused: float | None = None


def paused_seconds(hands: Interventions, since: float) -> float:
    """Seconds of the pauses that are over and fell after `since`: what counts from there is so much later."""
    return sum(max(0.0, end - max(start, since)) for start, end in hands.pauses)


def fold_intervention(hands: Interventions, event: Event) -> Interventions:
    """The hands after one more event; of any other kind they stay as they were."""
    match event.body:
        case MessageOverridden() as body:
            return _override(hands, body)
        case EarlyApplyRequested(fault=fault):
            return replace(hands, sooner=hands.sooner | {fault})
        case FaultAdjusted(fault=fault, params=params):
            return replace(hands, adjustments={**hands.adjustments, fault: (*hands.adjustments.get(fault, ()), params)})
        case TimeboxExtended():
            return replace(hands, extended=EXTENSION)
        case Paused() if hands.paused is None:
            return replace(hands, paused=event.happened)
        case Resumed() if hands.paused is not None:
            return replace(hands, pauses=(*hands.pauses, (hands.paused, event.happened)), paused=None)
        case _:
            return hands


def _override(hands: Interventions, body: MessageOverridden) -> Interventions:
    one = frozenset({body.entry})
    match body.operation:
        case "send":
            return replace(hands, sent=hands.sent | one, held=hands.held - one)
        case "hold":
            return replace(hands, held=hands.held | one)
        case "release":
            return replace(hands, held=hands.held - one)
        case "skip":
            return replace(hands, skipped=hands.skipped | one)
        case _:
            return replace(hands, reworded={**hands.reworded, body.entry: body.text})
