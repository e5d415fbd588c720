"""Revert of faults: last in first out within one target, in parallel over targets, each verified.

The runner, the guardian and `gameday halt` all revert through this module.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from gameday.clock import Clock
from gameday.drill.injector_registry import InjectorLookup
from gameday.errors import GamedayError
from gameday.events import FaultReverted, ForeignChangeKept, NewEvent, RevertPending
from gameday.plugins.injector import Injector
from gameday.plugins.types import UNREADABLE, Intent, Presence, RevertOutcome, RevertResult
from gameday.timing import REVERT_PAUSES, Timing

RecordEvent = Callable[[NewEvent], None]
MAX_WORKERS = 8
CHECK_TIMEOUT_S = 2.0
"""For one check of a fault's presence."""

_UNREADABLE_TEXT = "its intent cannot be read by this version of gameday, so it cannot be reverted"


@dataclass
class _RevertGroup:
    """Faults on one target that are still to be reverted, first applied first."""

    intents: list[Intent]
    attempts: int = 0
    reasons: dict[str, str] = field(default_factory=dict[str, str])


def revert_all(
    intents: Iterable[Intent], injectors: InjectorLookup, record: RecordEvent, clock: Clock, timing: Timing
) -> list[Intent]:
    """Revert all faults; return those that could not be reverted in time. Each outcome is recorded at once."""
    targets = [_RevertGroup(group) for group in _group_by_resource(list(intents))]
    if not targets:
        return []
    with ThreadPoolExecutor(min(MAX_WORKERS, len(targets))) as pool:
        list(pool.map(lambda target: _revert_until_absent(target, injectors, record, clock, timing), targets))
    return [intent for target in targets for intent in target.intents]


def _group_by_resource(intents: list[Intent]) -> list[list[Intent]]:
    """Group the faults that share a resource, in their order: each may have changed what another applied."""
    groups: list[list[Intent]] = []
    for intent in intents:
        met = [group for group in groups if any(intent.resource_keys & other.resource_keys for other in group)]
        groups = [group for group in groups if group not in met]
        groups.append(sorted([intent, *(member for group in met for member in group)], key=intents.index))
    return groups


def _revert_until_absent(
    target: _RevertGroup, injectors: InjectorLookup, record: RecordEvent, clock: Clock, timing: Timing
) -> None:
    give_up = clock.monotonic() + timing.revert_timeout
    while True:
        for intent in reversed(target.intents):
            _attempt_revert(target, intent, injectors, record, timing)
        if all(intent.is_unreadable for intent in target.intents) or clock.monotonic() >= give_up:
            return
        clock.wait(threading.Event(), REVERT_PAUSES[min(target.attempts, len(REVERT_PAUSES) - 1)])
        target.attempts += 1


def _attempt_revert(
    target: _RevertGroup, intent: Intent, injectors: InjectorLookup, record: RecordEvent, timing: Timing
) -> None:
    restored = revert_once(intent, injectors, timing.revert_attempt_timeout)
    if restored.outcome is RevertOutcome.PENDING:
        if target.reasons.get(intent.marker) != restored.reason:
            target.reasons[intent.marker] = restored.reason
            record(NewEvent(RevertPending(intent.marker, restored.reason)))
        return
    target.intents = [other for other in target.intents if other.marker != intent.marker]
    if restored.outcome is RevertOutcome.REVERTED:
        record(NewEvent(FaultReverted(intent.marker, restored.reason)))
    else:
        record(NewEvent(ForeignChangeKept(intent.marker, restored.reason)))


def revert_once(intent: Intent, injectors: InjectorLookup, seconds: float) -> RevertResult:
    """Revert once, then check the presence: REVERTED only when both agree."""
    if intent.is_unreadable:
        reason = _UNREADABLE_TEXT if intent.injector == UNREADABLE else f"not used: {intent.target_text}"
        return RevertResult(RevertOutcome.PENDING, reason)
    try:
        injector: Injector = injectors[intent.injector]
    except GamedayError as error:
        return RevertResult(RevertOutcome.PENDING, str(error))
    restored = injector.revert(intent, intent.deadline(seconds))
    if restored.outcome is not RevertOutcome.REVERTED:
        return restored
    presence = injector.presence(intent, intent.deadline(seconds))
    if presence.is_over:
        return restored
    state = "its presence is unknown" if presence is Presence.UNKNOWN else "it is still present"
    return RevertResult(RevertOutcome.PENDING, f"{intent.target_text}: reverted, but {state}")
