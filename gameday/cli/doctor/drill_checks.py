"""Drills of this user that are not over: one that runs, or one that was left behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gameday.cli.doctor.finding import Finding, Mark

if TYPE_CHECKING:
    from gameday.store.protocols import DrillReader


def unfinished() -> Iterator[Finding]:
    """Looks, and puts nothing back: that is for `gameday halt`."""
    from gameday.store.open import open_read_only

    store = open_read_only()
    drills = store.unfinished() if store else []
    for drill in drills:
        assert store is not None
        yield _told(store, drill)
    if not drills:
        yield Finding(Mark.OK, "drills", "none is running, none was left behind")


def _told(store: DrillReader, drill: str) -> Finding:
    from gameday.store.outstanding import outstanding

    owner, where = store.owner(drill), store.environment(drill)
    if owner is not None and owner.alive() is not False:
        return Finding(Mark.LACKS, "drills", f"{drill} is running in {where}", "One at a time in an environment.")
    left = outstanding(store.events(drill)).values()
    if not left:
        return Finding(
            Mark.LACKS, "drills", f"{drill} was cut short; nothing of it is left", "`gameday halt` closes it."
        )
    marks = "\n".join(f"{intent.marker}: {intent.target_text}" for intent in left)
    return Finding(Mark.BAD, "drills", f"{drill} was left behind:\n{marks}", "`gameday halt` puts it back.")
