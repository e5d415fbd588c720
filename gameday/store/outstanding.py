"""What still stands, or may: every intent without a clean end, whether it was applied or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from gameday.model import Event
from gameday.plugins.types import Intent

CLOSING_KINDS = frozenset({"gone", "left", "given-up"})


def intent_of(event: Event) -> Intent:
    """What an event of that kind holds."""
    return Intent.decode(cast("dict[str, Any]", event.data["intent"]))


def outstanding(events: Iterable[Event]) -> dict[str, Intent]:
    """Mark -> intent, oldest first, of all that was intended and is neither gone, nor left to people, nor given
    up. A refused apply counts too until it was read back as gone: an engine may lie."""
    found: dict[str, Intent] = {}
    for event in events:
        if event.kind == "intended":
            intent = intent_of(event)
            found[intent.marker] = intent
        elif event.kind in CLOSING_KINDS:
            found.pop(str(event.data["mark"]), None)
    return found


def outstanding_marks(events: Iterable[Event]) -> tuple[str, ...]:
    """The same by mark alone, for whoever need not revert."""
    marks: dict[str, None] = {}
    for event in events:
        if event.kind == "intended":
            intent = event.data["intent"]
            assert isinstance(intent, dict)
            marks[str(intent["mark"])] = None
        elif event.kind in CLOSING_KINDS:
            marks.pop(str(event.data["mark"]), None)
    return tuple(marks)


def unconfirmed_markers(events: Iterable[Event]) -> frozenset[str]:
    """The marks whose apply has no known outcome: a request of theirs may still be on the wire."""
    marks: set[str] = set()
    for event in events:
        if event.kind == "intended":
            intent = event.data["intent"]
            assert isinstance(intent, dict)
            marks.add(str(intent["mark"]))
        elif event.kind in ("applied", "refused"):
            marks.discard(str(event.data["mark"]))
    return frozenset(marks)
