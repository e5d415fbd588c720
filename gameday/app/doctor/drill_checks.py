"""Unfinished drills of this user: running, or left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gameday.app.doctor.finding import Finding, Mark

if TYPE_CHECKING:
    from gameday.store.protocols import DrillReader


def check_unfinished() -> Iterator[Finding]:
    """Report unfinished drills; reverting them is for `gameday halt`."""
    from gameday.store.open import open_read_only

    store = open_read_only()
    drills = store.unfinished() if store else []
    for drill in drills:
        assert store is not None
        yield _describe(store, drill)
    if not drills:
        yield Finding(Mark.OK, "drills", "none running, none left behind")


def _describe(store: DrillReader, drill: str) -> Finding:
    from gameday.store.outstanding import outstanding_intents

    owner, environment = store.owner(drill), store.environment(drill)
    if owner is not None and owner.alive() is not False:
        todo = f"The next drill in {environment} can start when it has ended."
        return Finding(Mark.LACKS, "drills", f"{drill} is running in {environment}", todo, is_running_drill=True)
    left = outstanding_intents(store.events(drill)).values()
    if not left:
        return Finding(
            Mark.LACKS, "drills", f"{drill} was interrupted; all its faults are removed", "Close it: gameday halt"
        )
    markers = "\n".join(f"{intent.marker}: {intent.target_text}" for intent in left)
    return Finding(Mark.BAD, "drills", f"{drill} was left behind:\n{markers}", "Revert it: gameday halt")
