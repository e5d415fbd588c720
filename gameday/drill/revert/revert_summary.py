"""Result of a drill's verified reverts as a sentence, for whoever stopped or recovered it."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import (
    Event,
    FaultEndedUnexpectedly,
    ForeignChangeKept,
    Intended,
    Removed,
    Unrecognised,
    has_any,
    of_type,
)


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
