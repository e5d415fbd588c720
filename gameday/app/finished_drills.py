"""Finished drills by name; one that runs only for its facilitator."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.running_drills import current_project, is_visible_from
from gameday.errors import BadArguments
from gameday.suggestions import MAX_KNOWN_WORDS, closest_words

if TYPE_CHECKING:
    from gameday.events import Event
    from gameday.model import Reading
    from gameday.store.protocols import DrillReader
    from gameday.timing import Timing


@dataclass(frozen=True, slots=True)
class FinishedDrill:
    """One drill and what it recorded. `reviews` is the default folder of its review."""

    drill: str
    events: list[Event]
    readings: list[Reading]
    reviews: Path


def load_finished_drill(
    name: str | None, command: str, token: str, report: Callable[[str], None], timing: Timing
) -> FinishedDrill:
    """Return the drill of that name, else the latest of this project, after recovery for `command`.

    Raises BadArguments if there is none, Refused if it still runs and `token` is not its facilitator's.
    """
    from gameday.app.recovery import recover_orphans
    from gameday.drill.control.facilitator_token import require_ended_or_token
    from gameday.store.open import open_store
    from gameday.store.paths import data_folder

    recover_orphans(command, report, timing)
    store = open_store()
    try:
        drill = select_drill(name, store.drills() if name else list_project_drills(store))
        events = store.events(drill)
        require_ended_or_token(events, drill, token, store.token_digest(drill))
        return FinishedDrill(drill, events, store.readings(drill), data_folder().reviews)
    finally:
        store.close()


def list_project_drills(store: DrillReader) -> list[str]:
    """Return the drills of the project in the current folder, oldest first; elsewhere all."""
    here = current_project()
    return [drill for drill in store.drills() if is_visible_from(store.project(drill), here)]


def without_private_notes(events: Sequence[Event]) -> list[Event]:
    """Return the events without the facilitator's own notes."""
    return [event for event in events if event.body.audience.includes(None, ended=True)]


def iter_finished() -> Iterator[FinishedDrill]:
    """Yield all drills of this project that started and ended, oldest first."""
    from gameday.store.open import open_store
    from gameday.store.paths import data_folder

    store = open_store()
    for drill in list_project_drills(store):
        events = store.events(drill)
        kinds = {event.kind for event in events}
        if {"start", "end"} <= kinds:
            yield FinishedDrill(drill, events, store.readings(drill), data_folder().reviews)


def select_drill(name: str | None, drills: list[str]) -> str:
    """Return the name, else the latest of `drills`, which are ordered oldest first. Raises BadArguments."""
    if not drills:
        raise BadArguments("no drill is recorded yet", "Run one: gameday run db-slowdown.yaml --rehearse")
    if name is None:
        return drills[-1]
    if name in drills:
        return name
    close = closest_words(name, drills[-MAX_KNOWN_WORDS:])
    hint = f"Did you mean {close[0]}?" if close else f"The latest is {drills[-1]}."
    raise BadArguments(f"drill {name} not found", hint)
