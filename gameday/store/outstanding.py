"""What still stands, or may: every intent without a clean end, whether it was applied or not."""

from __future__ import annotations

from collections.abc import Iterable

from gameday.events import Applied, ApplyRefused, Event, FaultKept, FaultReverted, GivenUp, Intended
from gameday.plugins.types import Intent


def outstanding(events: Iterable[Event]) -> dict[str, Intent]:
    """Mark -> intent, oldest first, of all that was intended and is neither gone, nor left to people, nor given
    up. A refused apply counts too until it was read back as gone: an engine may lie."""
    intents: dict[str, Intent] = {}
    for event in events:
        match event.body:
            case Intended(intent=intent):
                intents[intent.marker] = intent
            case FaultReverted(marker=marker) | FaultKept(marker=marker) | GivenUp(marker=marker):
                intents.pop(marker, None)
            case _:
                pass
    return intents


def outstanding_marks(events: Iterable[Event]) -> tuple[str, ...]:
    """The same by mark alone, for whoever need not revert."""
    return tuple(outstanding(events))


def unconfirmed_markers(events: Iterable[Event]) -> frozenset[str]:
    """The marks whose apply has no known outcome: a request of theirs may still be on the wire."""
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
