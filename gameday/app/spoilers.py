"""Access to what would reveal the fault of a running drill: for its facilitator only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gameday.errors import Refused

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.model import Environment


def require_no_drill_in_environment(environment: Environment, token: str) -> None:
    """Raise Refused while a drill runs there, unless `token` is its facilitator's."""
    from gameday.app.running_drills import list_running, runs_in_environment

    running = list_running(everywhere=True).drills
    _require_token((drill for drill in running if runs_in_environment(drill, environment)), token)


def require_no_drill(token: str) -> None:
    """Raise Refused while any drill of this project runs, unless `token` is its facilitator's.

    Whatever scenario is asked about: a refusal for one alone would tell which it is.
    """
    from gameday.app.running_drills import list_running

    _require_token(list_running().drills, token)


def _require_token(drills: Iterable[RunningDrill], token: str) -> None:
    from gameday.drill.control.facilitator_token import require_ended_or_token
    from gameday.store.open import open_for_revert

    for running in drills:
        store = open_for_revert(running.folder)
        if store is None or running.drill not in store.unfinished():
            continue
        try:
            require_ended_or_token(store.events(running.drill), running.drill, token, store.token_digest(running.drill))
        except Refused as refused:
            owner = store.owner(running.drill)
            raise _interrupted(running.drill) if owner and owner.alive() is False else refused from None


def _interrupted(drill: str) -> Refused:
    wrong = f"drill {drill} was interrupted and is not closed; hidden to avoid spoilers"
    return Refused(wrong, "Revert what is left and close it: gameday halt")
