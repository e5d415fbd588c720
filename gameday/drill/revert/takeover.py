"""Ending a drill whose owner is gone: take the next epoch, revert what is outstanding, watch, close its log.

The guardian does it within moments; `gameday halt` and the next command do it when the guardian is gone too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from gameday.clock import Clock
from gameday.drill.control.running_drills import unregister
from gameday.drill.injector_registry import Injectors
from gameday.drill.revert.attribution import kept_as_reverted
from gameday.drill.revert.closing_events import closing_events, reverted_event, takeover_events
from gameday.drill.revert.expired_leases import expired_lease_events
from gameday.drill.revert.quiescence import wait_for_quiescence
from gameday.drill.revert.restore_actions import NO_COMMANDS, Commands, actions_to_restore, restore_actions
from gameday.drill.revert.revert import revert_all
from gameday.events import FaultReverted, NewEvent, TakenOver, body_data
from gameday.model import Source
from gameday.plugins.types import Intent
from gameday.process_identity import current_process
from gameday.store.outstanding import outstanding, unconfirmed_markers
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
    danger: Callable[[], bool] = lambda: False,
    gone: Callable[[], None] = lambda: None,
    back: Commands = NO_COMMANDS,
) -> list[Intent]:
    """Returns what could not be taken back: then the drill stays open, and its environment dirty. Never waits for
    the disk: what cannot be written is said on stderr. `gone` is called when all is read back as gone, before it is
    watched; `back` is what hands back. Raises Fenced when somebody else takes over meanwhile."""
    silent = store.heartbeat_age(drill)  # before our own first beat
    owned = _OwnedLog(store, drill, source)
    owned.claim(why)
    events = store.events(drill)
    pending = list(outstanding(events).values())
    late = unconfirmed_markers(events) if not danger() else frozenset(intent.marker for intent in pending)
    owned.record(*expired_lease_events(events, pending, injectors, silent, clock.monotonic()))
    owned.record(*takeover_events(events, why, source))
    left = revert_all(
        pending, injectors, lambda draft: owned.record_confirmed(kept_as_reverted(events, draft), late), clock, timing
    )
    watched = [intent for intent in pending if intent.marker in late and intent not in left]
    if not left:
        gone()
    left += wait_for_quiescence(watched, injectors, owned.record, clock, timing, danger)
    if left:
        return left
    owned.close(why, clock.monotonic(), back, anything=bool(pending))
    return []


class _OwnedLog:
    """The log of a drill under our epoch, which never stands in the way."""

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
            print(f"gameday: the store cannot be written ({error}); reverting all the same", file=sys.stderr)

    def record(self, *drafts: NewEvent) -> None:
        """Whatever is done now, it is not the runner that does it."""
        ours = [replace(draft, source=self._source) for draft in drafts]
        try:
            self._store.append(self._drill, ours, self._epoch)
        except Fenced:
            raise
        except StoreError as error:
            for draft in drafts:
                print(f"gameday: not written ({error}): {draft.kind} {body_data(draft.body)}", file=sys.stderr)

    def record_confirmed(self, draft: NewEvent, late: frozenset[str]) -> None:
        """A late one is gone only when it has been quiet for long enough."""
        if not isinstance(draft.body, FaultReverted) or draft.body.marker not in late:
            self.record(draft)

    def close(self, why: str, now: float, back: Commands, *, anything: bool) -> None:
        if anything:
            self.record(reverted_event(self._store.events(self._drill), now, self._source))
        restore_actions(actions_to_restore(self._store.events(self._drill)), back, self.record)
        self.record(*closing_events(self._store.events(self._drill), why, self._source))
        unregister(self._drill)
