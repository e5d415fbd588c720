"""Result of a drill's verified reverts as a sentence, for whoever stopped or recovered it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gameday.events import (
    Event,
    FaultEndedUnexpectedly,
    ForeignChangeKept,
    Intended,
    Removed,
    RevertPending,
    Unrecognised,
    has_any,
    of_type,
)
from gameday.store.outstanding import outstanding_intents


def pending_reasons(events: Sequence[Event]) -> Mapping[str, str]:
    """Return why the latest attempt to revert each fault failed, by marker."""
    return {event.body.marker: event.body.reason for event in of_type(events, RevertPending)}


def describe_pending_reverts(events: Sequence[Event]) -> list[str]:
    """Return the object and the reason of each fault whose revert failed and is tried again."""
    reasons = pending_reasons(events)
    outstanding = outstanding_intents(events).values()
    return [
        f"{intent.target_text}: {reasons[intent.marker].rstrip('.')}"
        for intent in outstanding
        if intent.marker in reasons
    ]


def describe_reverts(events: Sequence[Event]) -> str:
    """Return the result of a drill's reverts, all of which are verified, from what is known of it.

    Not every fault was reverted by this program: one may have ended with its target, or by somebody's hand.
    """
    kept_reasons = dict.fromkeys(event.body.reason for event in of_type(events, ForeignChangeKept))
    if kept_reasons:
        return f"all faults removed; left unchanged: {'; '.join(kept_reasons)}."
    if events and not has_any(events, Intended, Unrecognised):
        return "no fault was applied, nothing to revert."
    if has_any(events, FaultEndedUnexpectedly, Removed):
        return "all faults removed, and verified absent."
    return "all faults reverted and verified."
