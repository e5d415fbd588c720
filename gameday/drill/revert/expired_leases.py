"""What had ended by its lease before anybody came to take it back."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from gameday.clock import boot_id
from gameday.drill.injector_registry import Injectors
from gameday.drill.revert.revert import CHECK_TIMEOUT_S
from gameday.errors import GamedayError
from gameday.events import Event, FaultConfirmed, Lapsed, NewEvent, Removed, of_type
from gameday.plugins.types import Intent, Presence

_CLOCK_SLACK = 3.0
"""Seconds that a last renewal may be younger than the owner's last beat, and that an engine takes to put back."""
_ENDED = (Presence.ABSENT, Presence.MODIFIED, Presence.TARGET_GONE)


def expired_lease_events(
    events: Sequence[Event], pending: Sequence[Intent], injectors: Injectors, silent: float, now: float
) -> list[NewEvent]:
    """`lapsed` for each fault that stood, that nobody has renewed for longer than its lease, and that stands no more:
    whoever comes now has not taken it back. `silent`: seconds since the owner's last beat; a lease after that it had
    ended, at the latest. `now`: monotonic seconds, which mean nothing where the machine was started again since."""
    stood = {event.body.marker for event in of_type(events, FaultConfirmed)}
    stood -= {event.body.marker for event in of_type(events, Lapsed, Removed)}
    unheld = [one for one in pending if one.marker in stood and 0 < one.lease < silent]
    if not unheld:
        return []
    with ThreadPoolExecutor(len(unheld)) as pool:
        over = list(pool.map(lambda one: _is_over(one, injectors), unheld))
    same = bool(events) and events[-1].boot == boot_id()
    return [_lapsed(one, silent, now if same else None) for one, is_over in zip(unheld, over, strict=True) if is_over]


def _is_over(intent: Intent, injectors: Injectors) -> bool:
    try:
        return injectors[intent.injector].presence(intent, intent.deadline(CHECK_TIMEOUT_S)) in _ENDED
    except GamedayError:
        return False


def _lapsed(intent: Intent, silent: float, now: float | None) -> NewEvent:
    why = f"{intent.target_text}: nobody renewed its lease of {intent.lease:.0f} s, and it ended by itself then"
    happened = None if now is None else min(now, now - silent + intent.lease + _CLOCK_SLACK)
    return NewEvent(Lapsed(intent.marker, why), happened=happened)
