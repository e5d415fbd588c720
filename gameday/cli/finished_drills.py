"""What a finished drill left: found by its name, shown only after ENDEX or to its facilitator."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.model import Event, Reading


@dataclass(frozen=True, slots=True)
class FinishedDrill:
    drill: str
    events: list[Event]
    readings: list[Reading]
    reviews: Path
    """Where its review goes when nobody says otherwise: beside the store."""


def load_finished(name: str | None, command: str) -> FinishedDrill:
    """The drill of that name, else the latest, as `command` wants it. Raises BadArguments when there is none, Refused
    before ENDEX without the facilitator's token."""
    from gameday.cli.recover_first import recover_before
    from gameday.drill.control.facilitator_token import require_ended_or_token
    from gameday.store.open import open_store
    from gameday.store.paths import reviews_folder

    recover_before(command)

    store = open_store()
    try:
        drill = select_drill(name, store.drills())
        events = store.events(drill)
        require_ended_or_token(events, drill, store.token(drill))
        return FinishedDrill(drill, events, store.readings(drill), reviews_folder(store.path))
    finally:
        store.close()


def without_private_notes(events: Sequence[Event]) -> list[Event]:
    """Without the facilitator's own notes, which whoever looks on is not shown."""
    return [event for event in events if event.kind != "private"]


def iter_finished() -> Iterator[FinishedDrill]:
    """All drills that began and are over, oldest first."""
    from gameday.store.open import open_store
    from gameday.store.paths import reviews_folder

    store = open_store()
    for drill in store.drills():
        events = store.events(drill)
        kinds = {event.kind for event in events}
        if {"start", "end"} <= kinds:
            yield FinishedDrill(drill, events, store.readings(drill), reviews_folder(store.path))


def select_drill(name: str | None, drills: list[str]) -> str:
    """The drill meant by `name` among those of the store, oldest first."""
    if not drills:
        raise BadArguments("no drill is recorded here yet", "Run one: gameday run db-slowdown.yaml --rehearse")
    if name is None:
        return drills[-1]
    if name in drills:
        return name
    close = difflib.get_close_matches(name, drills, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"The latest is {drills[-1]}."
    raise BadArguments(f"no drill {name!r} is recorded here", hint)
