"""Closing by hand: a person decides that what cannot be reverted or undone is closed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gameday.app.reporter import Reporter
from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.plugins.types import Intent
    from gameday.store.outstanding import OwedCleanup
    from gameday.store.protocols import EventReader, RevertAuthority

RELEASE_TIMEOUT_S = 10.0
RECORD_TIMEOUT_S = 10.0


def abandon_faults(name: str, reason: str | None, reporter: Reporter) -> None:
    """Close the outstanding faults of a marker or a drill, and the actions that the drill did not undo.

    Raises BadArguments without a reason or a match."""
    from gameday.drill.revert.owed_cleanups import find_owed_cleanups
    from gameday.store.open import open_store

    if not reason or not reason.strip():
        raise BadArguments("--give-up needs a reason", "--reason 'what you did by hand, and how you checked it'")
    store = open_store()
    intents, owed = _find_intents(store, name), find_owed_cleanups(store, name.__eq__)
    if not intents and not owed:
        raise BadArguments(f"nothing outstanding matches {name!r}", "List what is outstanding: gameday halt")
    for intent in intents:
        _close_fault(store, intent, reason.strip(), reporter)
    for cleanup in owed:
        _close_cleanup(store, cleanup, reason.strip(), reporter)


def _close_cleanup(store: RevertAuthority, cleanup: OwedCleanup, reason: str, reporter: Reporter) -> None:
    from gameday.clock import SystemClock
    from gameday.drill.revert.takeover_log import TakeoverLog, find_journal
    from gameday.events import CleanupRecorded, NewEvent
    from gameday.model import Source

    log = TakeoverLog(cleanup.drill, lambda: store, find_journal(cleanup.drill), Source.COMMAND, SystemClock())
    log.record(NewEvent(CleanupRecorded(cleanup.item, "closed", reason)))
    log.flush(RECORD_TIMEOUT_S)
    reporter.output(f"{cleanup.drill}: {cleanup.item} closed by hand; reason recorded: {reason}")


def _close_fault(store: RevertAuthority, intent: Intent, reason: str, reporter: Reporter) -> None:
    """Record the decision in store and journal: a guardian reads the journal."""
    from gameday.clock import SystemClock
    from gameday.drill.control.drill_registry import unregister
    from gameday.drill.revert.closing_events import closing_events
    from gameday.drill.revert.orphaned_drills import load_known_events
    from gameday.drill.revert.takeover_log import TakeoverLog, find_journal
    from gameday.events import NewEvent, RevertAbandoned
    from gameday.model import Source
    from gameday.store.outstanding import outstanding_intents

    log = TakeoverLog(intent.drill, lambda: store, find_journal(intent.drill), Source.COMMAND, SystemClock())
    log.record(NewEvent(RevertAbandoned(intent.marker, reason)))
    reporter.output(f"{intent.marker}: closed by hand; reason recorded: {reason}")
    if warning := _release_fault(intent):
        reporter.status(f"gameday: {warning}")
    log.flush(RECORD_TIMEOUT_S)
    events = load_known_events(intent.drill, store)
    if not outstanding_intents(events):
        log.record(*closing_events(events, f"closed by hand: {reason}"))
        if log.flush(RECORD_TIMEOUT_S):
            unregister(intent.drill)


def _release_fault(intent: Intent) -> str:
    """Stop what would still revert the fault against the person's decision; return a warning if it may act."""
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.errors import GamedayError
    from gameday.plugins.types import Deadline

    if intent.is_unreadable:
        return ""
    try:
        sweepable = InjectorRegistry()[intent.injector].sweepable
        return sweepable.release(intent, Deadline.after(RELEASE_TIMEOUT_S)) if sweepable else ""
    except GamedayError as error:
        return str(error)


def _find_intents(store: EventReader, name: str) -> list[Intent]:
    from gameday.app.running_drills import list_running
    from gameday.drill.revert.orphaned_drills import load_known_events
    from gameday.store.outstanding import outstanding_intents

    registered = [running.drill for running in list_running(everywhere=True).drills]
    return [
        intent
        for drill in dict.fromkeys([*store.unfinished(), *registered])
        for intent in outstanding_intents(load_known_events(drill, store)).values()
        if name in (intent.marker, intent.drill)
    ]
