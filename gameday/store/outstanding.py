"""Outstanding work of a drill: intents without a verified revert, and actions that were not undone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gameday.events import (
    AlertsSilenced,
    Applied,
    ApplyRefused,
    CleanupRecorded,
    Event,
    FaultReverted,
    ForeignChangeKept,
    Intended,
    RevertAbandoned,
    SilenceIntended,
    SilenceReverted,
    Unrecognised,
    of_type,
)
from gameday.plugins.types import UNREADABLE, Intent, RevertGuarantee


def outstanding_intents(events: Iterable[Event]) -> dict[str, Intent]:
    """Return outstanding intents by marker, oldest first: not reverted, left unchanged or given up; silences too.

    A refused apply counts too until the fault is verified absent: the engine may be wrong. So does an intent that this
    version cannot read. The order of the events does not matter: a marker is never used twice."""
    intents: dict[str, Intent] = {}
    closed: set[str] = set()
    for event in events:
        match event.body:
            case Intended(intent=intent) | SilenceIntended(intent=intent):
                intents.setdefault(intent.marker, intent)
            case Unrecognised(recorded_kind=Intended.kind | SilenceIntended.kind):
                intent = _unreadable_intent(event)
                intents.setdefault(intent.marker, intent)
            case (
                FaultReverted(marker=marker)
                | ForeignChangeKept(marker=marker)
                | RevertAbandoned(marker=marker)
                | SilenceReverted(marker=marker)
            ):
                closed.add(marker)
            case _:
                pass
    return {marker: intent for marker, intent in intents.items() if marker not in closed}


def _unreadable_intent(event: Event[Any]) -> Intent:
    """Return an intent that cannot be reverted, with what can be read of it."""
    content = event.body.content
    fields = content.get("intent") if isinstance(content, dict) else None
    known = {key: str(value) for key, value in fields.items()} if isinstance(fields, dict) else {}
    return Intent(
        known.get("marker") or f"event-{event.seq}", event.drill, known.get("fault", ""), known.get("kind", ""),
        UNREADABLE, known.get("environment", ""), known.get("target", ""), {}, {}, {},
        known.get("target_text") or "a fault on an unknown target",
        known.get("revert_text") or "look on the engine for objects named gd-*", RevertGuarantee.NEXT_COMMAND,
    )  # fmt: skip


def outstanding_markers(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the markers of outstanding intents alone, for callers that do not revert."""
    return tuple(outstanding_intents(events))


def markers_of_unknown_applies(events: Iterable[Event]) -> frozenset[str]:
    """Return the markers whose apply has no known outcome: a request may still arrive."""
    intended: set[str] = set()
    confirmed: set[str] = set()
    for event in events:
        match event.body:
            case Intended(intent=intent) | SilenceIntended(intent=intent):
                intended.add(intent.marker)
            case Applied(marker=marker) | ApplyRefused(marker=marker) | AlertsSilenced(marker=marker):
                confirmed.add(marker)
            case _:
                pass
    return frozenset(intended - confirmed)


@dataclass(frozen=True, slots=True)
class OwedCleanup:
    """An action of a drill, or its load, that was not undone: a person has to.

    `by_hand`: the command and its folder; empty if it is unknown."""

    drill: str
    item: str
    reason: str
    by_hand: str

    @property
    def instruction(self) -> str:
        """Command to run by hand, or where to find it."""
        return self.by_hand or f"see {self.item} in gameday.yaml"


def owed_cleanups(events: Iterable[Event]) -> list[OwedCleanup]:
    """Return what was not undone and not closed by a person since, oldest first."""
    last: dict[str, Event[CleanupRecorded]] = {}
    for event in of_type(sorted(events, key=lambda event: event.wall), CleanupRecorded):
        last[event.body.item] = event
    return [
        OwedCleanup(event.drill, item, event.body.text, event.body.by_hand)
        for item, event in last.items()
        if event.body.result == "owed"
    ]
