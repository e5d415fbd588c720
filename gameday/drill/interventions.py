"""The facilitator's hands: what the person at the keyboard asked of the drill, folded from its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gameday.model import Event, Json

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
    take = _FOLDERS.get(event.kind)
    return take(hands, event) if take else hands


def _course(hands: Interventions, event: Event) -> Interventions:
    entry, do = event.data["entry"], event.data["do"]
    assert isinstance(entry, int)
    one = frozenset({entry})
    match do:
        case "send":
            return replace(hands, sent=hands.sent | one, held=hands.held - one)
        case "hold":
            return replace(hands, held=hands.held | one)
        case "release":
            return replace(hands, held=hands.held - one)
        case "skip":
            return replace(hands, skipped=hands.skipped | one)
        case _:
            return replace(hands, reworded={**hands.reworded, entry: str(event.data.get("say", ""))})


def _sooner(hands: Interventions, event: Event) -> Interventions:
    return replace(hands, sooner=hands.sooner | {str(event.data["fault"])})


def _dialled(hands: Interventions, event: Event) -> Interventions:
    fault, params = str(event.data["fault"]), event.data["params"]
    assert isinstance(params, dict)
    return replace(hands, adjustments={**hands.adjustments, fault: (*hands.adjustments.get(fault, ()), params)})


def _extended(hands: Interventions, _: Event) -> Interventions:
    return replace(hands, extended=EXTENSION)


def _paused(hands: Interventions, event: Event) -> Interventions:
    return replace(hands, paused=event.happened) if hands.paused is None else hands


def _resumed(hands: Interventions, event: Event) -> Interventions:
    if hands.paused is None:
        return hands
    return replace(hands, pauses=(*hands.pauses, (hands.paused, event.happened)), paused=None)


_FOLDERS = {
    "course": _course, "sooner": _sooner, "dialled": _dialled, "extended": _extended, "paused": _paused,
    "resumed": _resumed,
}  # fmt: skip
