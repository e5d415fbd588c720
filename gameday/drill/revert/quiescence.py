"""Gone for good: an apply whose outcome nobody knows is looked at until nothing of it has shown for long enough."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gameday.clock import Clock
from gameday.drill.injector_registry import Injectors
from gameday.drill.revert.revert import RecordEvent, revert_once
from gameday.events import FaultReverted, NewEvent
from gameday.plugins.types import Intent, Presence
from gameday.timing import Timing

CHECK_INTERVAL_S = 0.5


def wait_for_quiescence(
    intents: list[Intent],
    injectors: Injectors,
    record: RecordEvent,
    clock: Clock,
    timing: Timing,
    danger: Callable[[], bool] = lambda: False,
) -> list[Intent]:
    """Look at all until the quiet period has passed with nothing of ours and without `danger` (a runner that was
    stopped and may wake); revert what turns up. Records each as gone; returns what is left after the revert timeout."""
    if not intents:
        return []
    quiet_since = seen_since = clock.monotonic()
    while clock.monotonic() - quiet_since < timing.quiet_period:
        clock.wait(threading.Event(), CHECK_INTERVAL_S)
        now = clock.monotonic()
        looks = [_revert_if_present(intent, injectors, timing) for intent in intents]
        clean = all(looks)
        seen_since = now if clean else seen_since
        if not clean or danger():
            quiet_since = now
        if now - seen_since > timing.revert_timeout:
            return intents
    for intent in intents:
        record(NewEvent(FaultReverted(intent.marker)))
    return []


def _revert_if_present(intent: Intent, injectors: Injectors, timing: Timing) -> bool:
    """Whether nothing was there; what is there is reverted, and then the quiet begins anew."""
    presence = injectors[intent.injector].presence(intent, intent.deadline(timing.revert_attempt_timeout))
    if presence.is_over:
        return True
    if presence in (Presence.PRESENT, Presence.MODIFIED):
        revert_once(intent, injectors, timing.revert_attempt_timeout)
    return False
