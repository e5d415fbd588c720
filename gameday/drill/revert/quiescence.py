"""Watch for applies of unknown outcome: a delayed request may still arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.revert.revert import CHECK_TIMEOUT_S, RecordEvent, revert_once
from gameday.events import FaultReverted, NewEvent
from gameday.plugins.types import Intent, Presence
from gameday.timing import Timing

CHECK_INTERVAL_S = 0.5


def watch_for_late_faults(
    intents: list[Intent],
    injectors: InjectorLookup,
    record: RecordEvent,
    clock: Clock,
    timing: Timing,
    owner_may_wake: Callable[[], bool] = lambda: False,
) -> list[Intent]:
    """Wait until the quiet period has passed without a fault; return what is left after the revert timeout.

    Faults that appear are reverted, and start the period anew; so does an owner that was suspended and may wake. Each
    fault is then recorded as reverted.
    """
    if not intents:
        return []
    quiet_since = clean_since = clock.monotonic()
    while clock.monotonic() - quiet_since < timing.quiet_period:
        clock.wait(threading.Event(), CHECK_INTERVAL_S)
        now = clock.monotonic()
        checks = [_revert_if_present(intent, injectors, timing) for intent in intents]
        clean = all(checks)
        clean_since = now if clean else clean_since
        if not clean or owner_may_wake():
            quiet_since = now
        if now - clean_since > timing.revert_timeout:
            return intents
    for intent in intents:
        record(NewEvent(FaultReverted(intent.marker)))
    return []


def unsettled_targets(intents: Iterable[Intent], injectors: InjectorLookup) -> list[str]:
    """Return what the targets of faults are still recovering from after the reverts."""
    texts = ((intent, _unsettled_text(intent, injectors)) for intent in intents)
    return [f"target {intent.target}: {text}" for intent, text in texts if text]


def _unsettled_text(intent: Intent, injectors: InjectorLookup) -> str:
    checkable = injectors[intent.injector].checkable
    return checkable.find_unsettled(intent, intent.deadline(CHECK_TIMEOUT_S)) if checkable else ""


def _revert_if_present(intent: Intent, injectors: InjectorLookup, timing: Timing) -> bool:
    """Return True if the fault is absent; one that is present is reverted."""
    presence = injectors[intent.injector].presence(intent, intent.deadline(timing.revert_attempt_timeout))
    if presence.is_over:
        return True
    if presence in (Presence.PRESENT, Presence.MODIFIED):
        revert_once(intent, injectors, timing.revert_attempt_timeout)
    return False
