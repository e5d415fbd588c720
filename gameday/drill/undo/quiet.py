"""Gone for good: an apply whose outcome nobody knows is looked at until nothing of it has shown for long enough."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gameday.clock import Clock
from gameday.contract import Intent, Presence
from gameday.drill.registry import Injectors
from gameday.drill.undo.revert import Patience, Record, once
from gameday.events import Draft

QUIET = 30.0
"""Seconds without anything of ours: a request on the wire may land that late."""
LOOK_EVERY = 0.5


def watch_until_quiet(
    intents: list[Intent],
    injectors: Injectors,
    record: Record,
    clock: Clock,
    patience: Patience,
    danger: Callable[[], bool] = lambda: False,
) -> list[Intent]:
    """Look at all until QUIET seconds have passed with nothing of ours and without `danger` (a runner that was
    stopped and may wake); revert what turns up. Records each as gone; returns what is left after whole patience."""
    if not intents:
        return []
    quiet_since = seen_since = clock.monotonic()
    while clock.monotonic() - quiet_since < QUIET:
        clock.wait(threading.Event(), LOOK_EVERY)
        now = clock.monotonic()
        looks = [_clean(intent, injectors, patience) for intent in intents]
        clean = all(looks)
        seen_since = now if clean else seen_since
        if not clean or danger():
            quiet_since = now
        if now - seen_since > patience.whole:
            return intents
    for intent in intents:
        record(Draft("gone", {"mark": intent.mark}))
    return []


def _clean(intent: Intent, injectors: Injectors, patience: Patience) -> bool:
    """Whether nothing was there; what is there is reverted, and then the quiet begins anew."""
    presence = injectors[intent.injector].active(intent, intent.within(patience.each))
    if presence.is_over:
        return True
    if presence in (Presence.PRESENT, Presence.CHANGED):
        once(intent, injectors, patience.each)
    return False
