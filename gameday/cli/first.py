"""What every command that touches drills does first: put back what a drill left whose owner and guardian are gone."""

from __future__ import annotations

from pathlib import Path

from gameday.cli.say import say
from gameday.errors import Refused


def put_back_first(command: str) -> None:
    """Raises Dirty when something is left. Costs a look into the store when there is nothing."""
    from gameday.drill.undo.recover import dirty, orphans, recover
    from gameday.store.open import open_to_look

    store = open_to_look()
    gone = frozenset(orphans(store)) if store is not None else frozenset[str]()
    if store is None or not gone:
        return
    from gameday.cli.notes import all_notes, tidy_demos
    from gameday.drill.registry import Registry

    notes = [note for note in all_notes().found if note.drill in gone]
    left = recover(store, Registry(), say, f"`gameday {command}` found it without an owner")
    if left:
        raise dirty(left, store)
    tidy_demos(notes)


def not_under_a_drill(place: Path | None = None) -> None:
    """Raises Refused while a drill runs in the demo in `place`; None is the one of containers, which any environment
    but a demo's own may bind. Its undo may need what stands there."""
    from gameday.drill.reach.discovery import look

    for note in look():
        if place is not None and note.place == str(place):
            raise Refused(f"drill {note.drill} needs this demo", "Wait for its end, or: gameday stop")
        if place is None and not note.place:
            wrong = f"drill {note.drill} runs in environment {note.environment}, and may need these containers"
            raise Refused(wrong, "Wait for its end, or, if it is yours: gameday stop")
