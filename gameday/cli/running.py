"""The drills of this user that run now, and which of them a look from this terminal would spoil."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gameday.drill.control.running_drills import RunningDrill
    from gameday.plugins.types import Intent


def running() -> dict[str, bool]:
    """Each drill that its runner or its guardian is at with success; whether this terminal holds its token."""
    from gameday.app.running_drills import list_running, ping

    found = {note: ping(note) for note in list_running().found}
    return {note.drill: _token_held(note) for note, answer in found.items() if answer and not answer.get("stuck")}


def _token_held(note: RunningDrill) -> bool:
    from gameday.drill.control.facilitator_token import VARIABLE, matches
    from gameday.store.open import open_for_revert

    store = open_for_revert(note.folder)
    return store is not None and matches(os.environ.get(VARIABLE, ""), store.token_digest(note.drill))


def no_spoiler(intent: Intent) -> str:
    """What may be said of a running drill's fault: that it stands, and since when."""
    return f"{intent.marker}: of a running drill, {said_age(intent)} old; left alone"


def said_age(intent: Intent) -> str:
    """How long ago its mark was made, in words."""
    from gameday.markers import age
    from gameday.units import format_duration

    return format_duration(age(intent.marker, time.time()))
