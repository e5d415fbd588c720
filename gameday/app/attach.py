"""Attaching to a running drill from another terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gameday.app.role_assignment import load_cast
from gameday.app.running_drills import select_running_drill
from gameday.errors import Refused

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.model import Plan
    from gameday.people.cast import Cast
    from gameday.store.protocols import DrillReader, DrillStore


@dataclass(frozen=True, slots=True)
class AttachedDrill:
    """A running drill. `token` is empty for whoever does not facilitate; `cast` is None without a roster."""

    running: RunningDrill
    store: DrillStore
    plan: Plan
    token: str
    cast: Cast | None

    def read_cast(self) -> Cast | None:
        """Return who fills which role now, as the facilitator last saved it; None without a roster."""
        return load_cast(self.running.drill, self.plan.scenario, self.running.folder.role_history)

    def has_ended(self) -> bool:
        """Return True if its runner and guardian are gone or finished."""
        from gameday.drill.control.drill_registry import list_registered

        return all(drill.drill != self.running.drill for drill in list_registered())


def attach_drill(name: str | None, token: str, *, facilitate: bool) -> AttachedDrill:
    """Attach to the drill of that name, else the only one. Raises BadArguments and Refused.

    `token` may be empty; with `facilitate` that of the same user's drill is looked up.
    """
    from gameday.boards.playback import read_recorded_plan
    from gameday.store.open import open_for_revert

    running = select_running_drill(name)
    store = open_for_revert(running.folder)
    if store is None or running.drill not in store.drills():
        raise Refused(f"the store of {running.drill} is gone", "Run: gameday halt")
    token = _facilitator_token(running, store, token, facilitate=facilitate)
    plan = read_recorded_plan(store.events(running.drill))
    cast = load_cast(running.drill, plan.scenario, running.folder.role_history)
    return AttachedDrill(running, store, plan, token, cast)


def _facilitator_token(running: RunningDrill, store: DrillReader, token: str, *, facilitate: bool) -> str:
    """Return the valid token, else an empty one. Raises Refused if a facilitator has none.

    The shell of the same user is no barrier: the facilitator's view is opened on request, so that nobody sees it by
    accident.
    """
    from gameday.drill.control.facilitator_token import VARIABLE, load_token, matches_digest

    for candidate in (token, load_token(running.drill) if facilitate else ""):
        if candidate and matches_digest(candidate, store.token_digest(running.drill)):
            return candidate
    if facilitate:
        raise Refused(f"the facilitator's token of {running.drill} is not available here", f"Set {VARIABLE}.")
    return ""
