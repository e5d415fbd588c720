"""Outstanding intents: those without a verified revert, whether they were applied or not."""

from __future__ import annotations

from collections.abc import Iterable

from gameday.events import Applied, ApplyRefused, Event, FaultKept, FaultReverted, Intended, RevertAbandoned
from gameday.plugins.types import Intent


def outstanding_intents(events: Iterable[Event]) -> dict[str, Intent]:
    """Return outstanding intents by marker, oldest first: not reverted, left unchanged or given up.

    A refused apply counts too until the fault is verified absent: the engine may be wrong."""
    intents: dict[str, Intent] = {}
    for event in events:
        match event.body:
            case Intended(intent=intent):
                intents[intent.marker] = intent
            case FaultReverted(marker=marker) | FaultKept(marker=marker) | RevertAbandoned(marker=marker):
                intents.pop(marker, None)
            case _:
                pass
    return intents


def outstanding_markers(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the markers of outstanding intents alone, for callers that do not revert."""
    return tuple(outstanding_intents(events))


def unconfirmed_markers(events: Iterable[Event]) -> frozenset[str]:
    """Return the markers whose apply has no known outcome: a request may still arrive."""
    marks: set[str] = set()
    for event in events:
        match event.body:
            case Intended(intent=intent):
                marks.add(intent.marker)
            case Applied(marker=marker) | ApplyRefused(marker=marker):
                marks.discard(marker)
            case _:
                pass
    return frozenset(marks)
