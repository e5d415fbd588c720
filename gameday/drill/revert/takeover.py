"""Takeover of a drill whose owner has ended: next epoch, revert, watch, close its log.

The guardian does it within moments; `gameday halt` and the next command do it when the guardian has ended too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from gameday.clock import Clock
from gameday.drill.control.running_drills import unregister
from gameday.drill.injector_registry import Injectors
from gameday.drill.revert.attribution import reclassify_kept_fault
from gameday.drill.revert.closing_events import closing_events, reverted_event, takeover_events
from gameday.drill.revert.expired_leases import expired_lease_events
from gameday.drill.revert.quiescence import wait_for_quiescence
from gameday.drill.revert.restore_actions import NO_COMMANDS, Commands, actions_to_restore, restore_actions
from gameday.drill.revert.revert import revert_all
from gameday.events import FaultReverted, NewEvent, TakenOver, body_data
from gameday.model import Source
from gameday.plugins.types import Intent
from gameday.process_identity import current_process
from gameday.store.outstanding import outstanding_intents, unconfirmed_markers
from gameday.store.protocols import Fenced, RevertAuthority, StoreError
from gameday.timing import DEFAULT_TIMING, Timing


def take_over(
    store: RevertAuthority,
    drill: str,
    why: str,
    injectors: Injectors,
    clock: Clock,
    *,
    source: Source,
    timing: Timing = DEFAULT_TIMING,
    owner_may_wake: Callable[[], bool] = lambda: False,
    on_all_reverted: Callable[[], None] = lambda: None,
    undo: Commands = NO_COMMANDS,
) -> list[Intent]:
    """Take over a drill and revert its faults; return what could not be reverted, which leaves it open.

    Never waits for the disk: what cannot be recorded is printed on stderr. `on_all_reverted` is called when all faults
    are verified absent, before the quiet period; `undo` restores actions. Raises Fenced if another process takes over.
    """
    silent = store.heartbeat_age(drill)  # before our own first beat
    owned = _OwnedLog(store, drill, source)
    owned.claim(why)
    events = store.events(drill)
    pending = list(outstanding_intents(events).values())
    late = unconfirmed_markers(events) if not owner_may_wake() else frozenset(intent.marker for intent in pending)
    owned.record(*expired_lease_events(events, pending, injectors, silent, clock.monotonic()))
    owned.record(*takeover_events(events, why, source))

    def record_reverted(draft: NewEvent) -> None:
        owned.record_confirmed(reclassify_kept_fault(events, draft), late)

    left = revert_all(pending, injectors, record_reverted, clock, timing)
    watched = [intent for intent in pending if intent.marker in late and intent not in left]
    if not left:
        on_all_reverted()
    left += wait_for_quiescence(watched, injectors, owned.record, clock, timing, owner_may_wake)
    if left:
        return left
    owned.close(why, clock.monotonic(), undo, anything=bool(pending))
    return []


class _OwnedLog:
    """Log of a drill under our epoch; a failing store never delays a revert."""

    def __init__(self, store: RevertAuthority, drill: str, source: Source) -> None:
        self._store = store
        self._drill = drill
        self._source = source
        self._epoch: int | None = None

    def claim(self, why: str) -> None:
        try:
            self._epoch = self._store.take_over(self._drill, current_process(), self._store.epoch(self._drill))
            self.record(NewEvent(TakenOver(self._epoch, why), source=self._source))
        except StoreError as error:
            print(f"gameday: the store cannot be written ({error}); reverting anyway", file=sys.stderr)

    def record(self, *drafts: NewEvent) -> None:
        """Record events with the source of this process instead of the runner."""
        signed = [replace(draft, source=self._source) for draft in drafts]
        try:
            self._store.append(self._drill, signed, self._epoch)
        except Fenced:
            raise
        except StoreError as error:
            for draft in drafts:
                print(f"gameday: not recorded ({error}): {draft.kind} {body_data(draft.body)}", file=sys.stderr)

    def record_confirmed(self, draft: NewEvent, late: frozenset[str]) -> None:
        """Record an event; an apply of unknown outcome counts as reverted only after the quiet period."""
        if not isinstance(draft.body, FaultReverted) or draft.body.marker not in late:
            self.record(draft)

    def close(self, why: str, now: float, undo: Commands, *, anything: bool) -> None:
        if anything:
            self.record(reverted_event(self._store.events(self._drill), now, self._source))
        restore_actions(actions_to_restore(self._store.events(self._drill)), undo, self.record)
        self.record(*closing_events(self._store.events(self._drill), why, self._source))
        unregister(self._drill)
