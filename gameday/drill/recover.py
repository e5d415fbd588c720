"""Drills whose owner is gone: every command that touches drills looks for them first, and reverts."""

from __future__ import annotations

from collections.abc import Callable

from gameday.clock import SystemClock
from gameday.contract import Intent
from gameday.drill.registry import Injectors
from gameday.drill.revert import Patience
from gameday.drill.takeover import take_over
from gameday.errors import Dirty
from gameday.model import Source
from gameday.store.outstanding import outstanding
from gameday.store.sqlite import Fenced, Store


def orphans(store: Store) -> list[str]:
    """Unfinished drills whose owner does not live (one on another host, that cannot be seen, is left alone)."""
    found = []
    for drill in store.unfinished():
        owner = store.owner(drill)
        if owner is None or owner.alive() is False:
            found.append(drill)
    return found


def recover(
    store: Store, injectors: Injectors, say: Callable[[str], None], why: str, patience: Patience | None = None
) -> list[Intent]:
    """Revert what orphans left; returns what could not be taken back."""
    left: list[Intent] = []
    for drill in orphans(store):
        pending = outstanding(store.events(drill))
        if pending:
            say(f"{drill} ended without its owner; putting back what it left ...")
        try:
            rest = take_over(store, drill, why, injectors, SystemClock(), source=Source.COMMAND, patience=patience)
        except Fenced:
            say(f"{drill}: another process is at it.")
            continue
        if pending and not rest:
            say(f"{drill}: everything is put back.")
        left += rest
    return left


def dirty(left: list[Intent], store: Store) -> Dirty:
    """The ending that wins over all: what is left, why, and what to do."""
    whys = {
        str(event.data["mark"]): str(event.data["why"])
        for drill in {intent.drill for intent in left}
        for event in store.events(drill)
        if event.kind == "not-yet"
    }
    lines = [f"  {one.mark}: {one.touches}\n    {whys.get(one.mark, 'it could not be taken back')}" for one in left]
    return Dirty(
        "DIRTY: not everything could be put back:\n" + "\n".join(lines),
        "`gameday halt` tries again until it is done. By hand: "
        + "; ".join(dict.fromkeys(one.reverts for one in left))
        + ". Then close it: gameday halt --give-up MARK --reason '...'",
    )
