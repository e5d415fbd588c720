"""Moments of a rehearsal that its script stated; what a person states in a rehearsal is the person's."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import ActionFinished, ActionStarted, Event, mitigating_actions, of_kind, of_type
from gameday.model import Source


def is_scripted(events: Sequence[Event], *points: tuple[str, float]) -> bool:
    """Return True if the script stated one of these moments, each given with its time (CLOCK_MONOTONIC)."""
    return any(
        event.source is Source.SCRIPT and event.happened == at for kind, at in points for event in of_kind(events, kind)
    )


def has_scripted_mitigation(events: Sequence[Event]) -> bool:
    """Return True if the script ran an action that began before service was restored."""
    actions = mitigating_actions(events)
    runs = of_type(events, ActionStarted, ActionFinished)
    return any(event.source is Source.SCRIPT and event.body.action in actions for event in runs)
