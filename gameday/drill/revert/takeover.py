"""Takeover of a drill whose owner has ended: next epoch, revert, undo, watch, close its log.

The guardian does it within moments; `gameday halt` and the next command do it when the guardian has ended too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from gameday.clock import Clock
from gameday.drill.control.drill_registry import unregister
from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.reservations import remove_recorded_reservations
from gameday.drill.revert.attribution import reclassify_revert
from gameday.drill.revert.closing_events import closing_events, reverted_event, takeover_events
from gameday.drill.revert.expired_leases import expired_lease_events
from gameday.drill.revert.quiescence import CHECK_INTERVAL_S, watch_for_late_faults
from gameday.drill.revert.restore_actions import (
    LOAD,
    CommandContext,
    actions_to_restore,
    end_commands,
    item_label,
    pending_on_halt_actions,
    restore_actions,
    unfinished_actions,
)
from gameday.drill.revert.revert import revert_all
from gameday.drill.revert.takeover_log import TakeoverLog
from gameday.events import (
    ActionFinished,
    ActionStarted,
    Ended,
    Event,
    FaultReverted,
    Intended,
    NewEvent,
    has_any,
)
from gameday.plugins.types import Intent
from gameday.store.outstanding import markers_of_unknown_applies, outstanding_intents
from gameday.store.revert_journal import Command
from gameday.timing import DEFAULT_TIMING, Timing

RECORD_TIMEOUT_S = 1.0
"""For the record of a takeover to reach the store."""


class Takeover:
    """Takeover of one drill.

    `owner_may_wake`: True while the former owner exists, perhaps suspended; `on_all_reverted` is called when all
    faults are verified absent, before the quiet period; `on_undo` with each action before it is undone.
    """

    def __init__(
        self,
        log: TakeoverLog,
        injectors: InjectorLookup,
        clock: Clock,
        *,
        timing: Timing = DEFAULT_TIMING,
        owner_may_wake: Callable[[], bool] = lambda: False,
        on_all_reverted: Callable[[], None] = lambda: None,
        on_undo: Callable[[str], None] = lambda _: None,
        record_timeout: float = RECORD_TIMEOUT_S,
    ) -> None:
        self._log = log
        self._injectors = injectors
        self._clock = clock
        self._timing = timing
        self._owner_may_wake = owner_may_wake
        self._owner_was_alive = False
        self._on_all_reverted = on_all_reverted
        self._on_undo = on_undo
        self._record_timeout = record_timeout
        self.is_recorded = True
        """False if the store could not be written yet: another process has locked it, or it is damaged."""
        self.lost_log: Path | None = None
        """File with the log, if the store was replaced and does not know the drill any more."""

    def run(self, why: str) -> list[Intent]:
        """Take over and revert; return what could not be reverted, which leaves the drill open.

        Waits for no write before everything is reverted and undone. Raises Fenced if another process takes over.
        """
        if has_ended(self._log.events()):
            self._log.fill_store_gaps()
            self._settle()
            return []
        self._owner_was_alive = self._owner_may_wake()  # a request that it sent may arrive even if it ends now
        self._log.claim(why)
        events = self._log.events()
        pending = list(outstanding_intents(events).values())
        now = self._clock.monotonic()
        self._log.record(*expired_lease_events(events, pending, self._injectors, self._log.silent, now))
        self._log.record(*takeover_events(events, why))
        left = self._revert(pending)
        if left:
            self._restore([])
        else:
            self._close(why, anything=not all(intent.is_silence for intent in pending))
            remove_recorded_reservations(self._log.drill, self._log.events(), self._injectors)
        self._settle(is_closed=not left)
        return left

    def _settle(self, *, is_closed: bool = True) -> None:
        """Wait for the record; the journal of a closed drill is kept until the store has all of it."""
        self.is_recorded = self._log.flush(self._record_timeout)
        self.lost_log = self._log.save_lost_log()
        if is_closed and self.is_recorded:
            unregister(self._log.drill)

    def _revert(self, pending: list[Intent]) -> list[Intent]:
        """Revert and watch; then also what an owner that woke up has added meanwhile."""
        known: set[str] = set()
        left: list[Intent] = []
        while pending:
            known |= {intent.marker for intent in pending}
            left += self._revert_and_watch(pending)
            pending = [intent for mark, intent in outstanding_intents(self._log.events()).items() if mark not in known]
        return left

    def _revert_and_watch(self, pending: list[Intent]) -> list[Intent]:
        events = self._log.events()
        marks = frozenset(intent.marker for intent in pending)
        late = marks if self._owner_was_alive else markers_of_unknown_applies(events) & marks
        left = revert_all(pending, self._injectors, lambda draft: self._record(draft, late), self._clock, self._timing)
        watched = [intent for intent in pending if intent.marker in late and intent not in left]
        if not left:
            self._on_all_reverted()
        return left + watch_for_late_faults(
            watched, self._injectors, lambda draft: self._record(draft, frozenset()), self._clock, self._timing,
            self._owner_may_wake,
        )  # fmt: skip

    def _record(self, draft: NewEvent, late: frozenset[str]) -> None:
        """Record an event; an apply of unknown outcome counts as reverted only after the quiet period."""
        if not isinstance(draft.body, FaultReverted) or draft.body.marker not in late:
            self._log.record(reclassify_revert(self._log.events(), draft))

    def _close(self, why: str, *, anything: bool) -> None:
        if anything:
            self._log.record(reverted_event(self._log.events(), self._clock.monotonic()))
        on_halt = self._run_on_halt()
        self._restore(on_halt)
        for action in on_halt:
            text = f"{action} is still in effect, because nobody has checked the steady state"
            self._log.record(self._context().cleanup(action, "owed", text))
        self._log.record(*closing_events(self._log.events(), why))

    def _context(self) -> CommandContext:
        header = self._log.header
        folder = Path(header.folder) if header and Path(header.folder).is_dir() else None
        undo, timeouts = (header.undo, header.timeouts) if header else (None, {})
        return CommandContext(self._log.drill, self._log.record, undo, folder, self._on_undo, timeouts)

    def _restore(self, later: list[str]) -> None:
        """Undo the actions, and stop the load; an owner that may still start one is awaited first."""
        while unfinished_actions(self._log.events()) and self._owner_may_wake():
            self._clock.wait(threading.Event(), CHECK_INTERVAL_S)
        events = self._log.events()
        restore_actions([item for item in actions_to_restore(events) if item not in later], events, self._context())

    def _run_on_halt(self) -> list[str]:
        """Run the scenario's actions for an outage that outlives its fault; return those in effect now."""
        events, header = self._log.events(), self._log.header
        if header is None or not has_any(events, Intended):
            return []
        to_run = pending_on_halt_actions(events, header.on_halt)
        in_effect = [action for action in actions_to_restore(events) if action in header.on_halt]
        for action in to_run:
            end_commands(action, events, item_label(self._log.drill, action))
            if self._run_action(action, header.on_halt[action]):
                in_effect.append(action)
        return [action for action in dict.fromkeys(in_effect) if action != LOAD]

    def _run_action(self, action: str, command: Command) -> bool:
        self._log.record(NewEvent(ActionStarted(action)))
        error = self._context().run(action, command)
        self._log.record(NewEvent(ActionFinished(action, not error, error or f"{action} succeeded")))
        return not error


def has_ended(events: Sequence[Event]) -> bool:
    """Return True if the drill has its end and nothing is left to revert or undo here."""
    return has_any(events, Ended) and not outstanding_intents(events) and not actions_to_restore(events)
