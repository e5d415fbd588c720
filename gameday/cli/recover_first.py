"""What every command that touches drills does first: put back what a drill left whose owner and guardian are gone."""

from __future__ import annotations

from pathlib import Path

from gameday.cli.output import print_status
from gameday.cli.timing_variable import read_timing
from gameday.errors import Refused


def recover_before(command: str) -> None:
    """Raises Dirty when something is left. Costs a look into the store when there is nothing."""
    from gameday.drill.revert.recover import dirty_error, orphaned_drills, recover
    from gameday.store.open import open_read_only

    store = open_read_only()
    gone = frozenset(orphaned_drills(store)) if store is not None else frozenset[str]()
    if store is None or not gone:
        return
    from gameday.app.running_drills import list_running, tidy_demos
    from gameday.drill.injector_registry import Registry

    notes = [note for note in list_running().found if note.drill in gone]
    left = recover(
        store, Registry(), print_status, f"`gameday {command}` found it without an owner", timing=read_timing()
    )
    if left:
        raise dirty_error(left, store)
    tidy_demos(notes, print_status)


def require_demo_unused(place: Path | None = None) -> None:
    """Raises Refused while a drill runs in the demo in `place`; None is the one of containers, which any environment
    but a demo's own may bind. Its undo may need what stands there."""
    from gameday.drill.control.running_drills import list_running

    for note in list_running():
        if place is not None and note.place == str(place):
            raise Refused(f"drill {note.drill} needs this demo", "Wait for its end, or: gameday stop")
        if place is None and not note.place:
            wrong = f"drill {note.drill} runs in environment {note.environment}, and may need these containers"
            raise Refused(wrong, "Wait for its end, or, if it is yours: gameday stop")
