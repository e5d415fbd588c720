"""The drills that left a note in the runtime folder: which of them answer, and which nobody knows any more."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import EnvironmentDirty, Refused

if TYPE_CHECKING:
    from gameday.drill.control.running_drills import RunningDrill
    from gameday.drill.control.socket_server import Answer

ANSWER_WITHIN = 1.0


@dataclass(frozen=True, slots=True)
class RunningDrills:
    """The drills that may still run; `blind` says why nobody could look for them, empty when somebody could."""

    found: list[RunningDrill]
    unreadable_reason: str = ""


def list_running() -> RunningDrills:
    """Every note; where the folder cannot be used, the store alone says what is outstanding. Opens no store: STOP
    and `status` are to be quick."""
    from gameday.drill.control.running_drills import list_running

    try:
        return RunningDrills(list_running())
    except Refused as refused:
        return RunningDrills([], f"{refused.wrong}. {refused.todo}")


def prune_finished(notes: Iterable[RunningDrill]) -> list[RunningDrill]:
    """Without those that are over in their store, and left their note by accident: that is put away."""
    from gameday.drill.control.running_drills import unregister

    found: list[RunningDrill] = []
    for note in notes:
        if _is_over(note):
            unregister(note.drill)
        else:
            found.append(note)
    return found


def _is_over(note: RunningDrill) -> bool:
    from gameday.store.open import open_for_revert

    store = open_for_revert(note.folder)
    return store is not None and note.drill in store.drills() and note.drill not in store.unfinished()


def ping(found: RunningDrill) -> Answer:
    """What the runner says of itself, else the guardian; nothing when neither answers."""
    from gameday.drill.control.socket_server import NoResponse, send_request

    for door in (found.door, found.guardians_door):
        with contextlib.suppress(NoResponse):
            return send_request(door, {"do": "alive"}, ANSWER_WITHIN)
    return {}


def find_lost(notes: Iterable[RunningDrill]) -> list[RunningDrill]:
    """Those that answer no more and whose store is gone, or knows nothing of them: only the engines know."""
    from gameday.store.open import open_for_revert

    found: list[RunningDrill] = []
    for note in notes:
        store = open_for_revert(note.folder)
        if (store is None or note.drill not in store.drills()) and not ping(note):
            found.append(note)
    return found


def lost_drills_error(gone: list[RunningDrill]) -> EnvironmentDirty:
    """The ending for drills that are lost."""
    drills = ", ".join(note.drill for note in gone)
    sweeps = " and ".join(f"gameday halt --sweep {name}" for name in sorted({one.environment for one in gone}))
    return EnvironmentDirty(
        f"DIRTY: {drills} ran here, answers no more, and its store is gone: nobody knows what it left",
        f"Ask the engines themselves: {sweeps}",
    )


def tidy_demos(notes: Iterable[RunningDrill], report: Callable[[str], None]) -> None:
    """An on-demand demo whose run is gone goes down, once what its drill left in it is taken back."""
    from gameday.demo.lifecycle import stop_if_unused

    for place in sorted({note.place for note in notes if note.place}):
        if stop_if_unused(Path(place)):
            report(f"The demo in {place} is down: its run was gone.")


def unregister_lost(environment: str) -> None:
    """The engines of the environment were asked, and nothing is left there: its lost drills are over."""
    from gameday.drill.control.running_drills import unregister

    for note in find_lost(list_running().found):
        if note.environment == environment:
            unregister(note.drill)
