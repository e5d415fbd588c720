"""Faults whose lease expired before the takeover."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from gameday.clock import boot_id
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.revert.revert import CHECK_TIMEOUT_S
from gameday.errors import GamedayError
from gameday.events import Event, FaultConfirmed, FaultEndedUnexpectedly, NewEvent, Removed, of_type
from gameday.plugins.types import Intent, Presence
from gameday.units import format_duration

_CLOCK_SLACK = 3.0
"""A last renewal may be later than the owner's last beat, and the engine takes time to revert."""
_ENDED = (Presence.ABSENT, Presence.MODIFIED, Presence.TARGET_GONE)


def expired_lease_events(
    events: Sequence[Event], pending: Sequence[Intent], injectors: InjectorLookup, silent: float, now: float
) -> list[NewEvent]:
    """Return `lapsed` for each fault whose lease expired and that is absent: no revert of ours removed it.

    `silent`: seconds since the owner's last beat; a lease shorter than that has expired. `now`: monotonic seconds,
    which mean nothing if the machine was rebooted since.
    """
    present = {event.body.marker for event in of_type(events, FaultConfirmed)}
    present -= {event.body.marker for event in of_type(events, FaultEndedUnexpectedly, Removed)}
    expired = [intent for intent in pending if intent.marker in present and 0 < intent.lease < silent]
    if not expired:
        return []
    with ThreadPoolExecutor(len(expired)) as pool:
        ended = list(pool.map(lambda intent: _has_ended(intent, injectors), expired))
    same_boot = bool(events) and events[-1].boot == boot_id()
    return [
        _lapsed_event(intent, silent, now if same_boot else None)
        for intent, has_ended in zip(expired, ended, strict=True)
        if has_ended
    ]


def _has_ended(intent: Intent, injectors: InjectorLookup) -> bool:
    try:
        return injectors[intent.injector].presence(intent, intent.deadline(CHECK_TIMEOUT_S)) in _ENDED
    except GamedayError:
        return False


def _lapsed_event(intent: Intent, silent: float, now: float | None) -> NewEvent:
    reason = f"{intent.target_text}: its lease of {format_duration(intent.lease)} expired, because nobody renewed it"
    happened = None if now is None else min(now, now - silent + intent.lease + _CLOCK_SLACK)
    return NewEvent(FaultEndedUnexpectedly(intent.marker, reason), happened=happened)
