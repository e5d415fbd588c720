"""`gameday halt --give-up`: a person closes what cannot be reverted, with a reason, as an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gameday.cli.output import print_output, print_status
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.plugins.types import Intent
    from gameday.store.protocols import EventReader

RELEASE_SECONDS = 10.0


def give_up_on(name: str, reason: str | None) -> Exit:
    """`name`: a mark or a drill. Raises BadArguments without a reason, or when nothing is called that."""
    from gameday.drill.control.running_drills import unregister
    from gameday.drill.revert.closing_events import closing_events
    from gameday.events import NewEvent
    from gameday.model import Source
    from gameday.store.open import open_store
    from gameday.store.outstanding import outstanding

    if not reason or not reason.strip():
        raise BadArguments("giving up needs a reason", "--reason 'what was done by hand, and how it was checked'")
    store = open_store()
    for intent in _find_intents(store, name):
        draft = NewEvent("given-up", {"mark": intent.marker, "why": reason.strip()}, source=Source.COMMAND)
        store.append(intent.drill, [draft], None)
        print_output(f"{intent.marker}: given up, and the reason is in the log: {reason.strip()}")
        if acts := _release_fault(intent):
            print_status(f"gameday: {acts}")
        events = store.events(intent.drill)
        if not outstanding(events):
            store.append(intent.drill, closing_events(events, f"given up: {reason.strip()}", Source.COMMAND), None)
            unregister(intent.drill)
    return Exit.HELD


def _release_fault(intent: Intent) -> str:
    """What stands beside a target to take a fault back must not act against the person's word. Says what may."""
    from gameday.drill.injector_registry import Registry
    from gameday.errors import GamedayError
    from gameday.plugins.types import Deadline

    try:
        sweepable = Registry()[intent.injector].sweepable
        return sweepable.release(intent, Deadline.after(RELEASE_SECONDS)) if sweepable else ""
    except GamedayError as error:
        return str(error)


def _find_intents(store: EventReader, name: str) -> list[Intent]:
    from gameday.store.outstanding import outstanding

    found = [
        intent
        for drill in store.unfinished()
        for intent in outstanding(store.events(drill)).values()
        if name in (intent.marker, intent.drill)
    ]
    if not found:
        raise BadArguments(f"nothing outstanding is called {name!r}", "`gameday halt` names what is left.")
    return found
