"""Drills registered in the runtime folder: those that respond, and those whose store is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments, EnvironmentDirty, Refused

if TYPE_CHECKING:
    from gameday.drill.control.client import Answer
    from gameday.drill.control.running_drills import RunningDrill

PING_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class RunningDrills:
    """Drills that may still run. `unreadable_reason` is why they could not be listed, else empty."""

    drills: list[RunningDrill]
    unreadable_reason: str = ""


def list_running() -> RunningDrills:
    """Return every registered drill. Opens no store: `stop` and `status` must be quick."""
    from gameday.drill.control.running_drills import list_running

    try:
        return RunningDrills(list_running())
    except Refused as refused:
        return RunningDrills([], f"{refused.wrong}. {refused.todo}")


def select_running_drill(name: str | None) -> RunningDrill:
    """Return the drill of that name, else the only one. Raises BadArguments or Refused with what to do."""
    from gameday.drill.control.running_drills import list_running

    drills = list_running()
    if name is not None:
        drills = [drill for drill in drills if drill.drill == name]
    if not drills:
        wrong = f"drill {name} is not running" if name else "no drill is running"
        raise Refused(wrong, "Start one: gameday run FILE")
    if len(drills) > 1:
        names = ", ".join(drill.drill for drill in drills)
        raise BadArguments("several drills are running", f"Add --drill, one of: {names}")
    return drills[0]


def prune_finished(drills: Iterable[RunningDrill]) -> list[RunningDrill]:
    """Return the drills that are not finished; unregister those that are."""
    from gameday.drill.control.running_drills import unregister

    unfinished: list[RunningDrill] = []
    for drill in drills:
        if _is_finished(drill):
            unregister(drill.drill)
        else:
            unfinished.append(drill)
    return unfinished


def _is_finished(drill: RunningDrill) -> bool:
    from gameday.store.open import open_for_revert
    from gameday.store.protocols import StoreError

    with contextlib.suppress(StoreError):
        store = open_for_revert(drill.folder)
        return store is not None and drill.drill in store.drills() and drill.drill not in store.unfinished()
    return False


def is_over(drill: RunningDrill) -> bool:
    """Return True if everything of the drill is reverted and undone, as its journal says or its store."""
    from gameday.drill.revert.takeover import has_ended
    from gameday.drill.revert.takeover_log import find_journal

    if not drill.is_registered():
        return True
    journal = find_journal(drill.drill)
    return has_ended(journal.events()) if journal else _is_finished(drill)


def ping(drill: RunningDrill) -> Answer:
    """Return the runner's answer, else the guardian's; empty if neither responds."""
    from gameday.drill.control.client import NoResponse, send_request

    for socket in (drill.socket_path, drill.guardian_socket_path):
        with contextlib.suppress(NoResponse):
            return send_request(socket, {"request": "ping"}, PING_TIMEOUT_S)
    return {}


def responding_drills(token: str) -> dict[str, bool]:
    """Return each drill whose runner or guardian responds and is not stuck; True if `token` is its own."""
    answers = {drill: ping(drill) for drill in list_running().drills}
    return {
        drill.drill: _token_matches(drill, token)
        for drill, answer in answers.items()
        if answer and not answer.get("stuck")
    }


def _token_matches(drill: RunningDrill, token: str) -> bool:
    from gameday.drill.control.facilitator_token import matches
    from gameday.store.open import open_for_revert

    store = open_for_revert(drill.folder)
    return store is not None and matches(token, store.token_digest(drill.drill))


def find_lost(drills: Iterable[RunningDrill]) -> list[RunningDrill]:
    """Return the drills that do not respond and that no store knows."""
    return [drill for drill in drills if not _is_stored(drill) and not ping(drill)]


def _is_stored(drill: RunningDrill) -> bool:
    from gameday.store.open import open_for_revert
    from gameday.store.protocols import StoreError

    with contextlib.suppress(StoreError):
        store = open_for_revert(drill.folder)
        return store is not None and drill.drill in store.drills()
    return False


def lost_drills_error(lost: list[RunningDrill]) -> EnvironmentDirty:
    """Return the error for lost drills."""
    drills = ", ".join(drill.drill for drill in lost)
    sweeps = " and ".join(f"gameday halt --sweep {name}" for name in sorted({drill.environment for drill in lost}))
    return EnvironmentDirty(
        f"DIRTY: {drills} does not respond, and its records are gone: leftover faults are unknown",
        f"Search the engines: {sweeps}",
    )


def stop_orphaned_demos(drills: Iterable[RunningDrill], report: Callable[[str], None]) -> None:
    """Stop on-demand demos whose run is gone, once the faults of its drill are reverted."""
    from gameday.demo.lifecycle import stop_if_unused

    for place in sorted({drill.place for drill in drills if drill.place}):
        if stop_if_unused(Path(place)):
            report(f"Stopped the demo in {place}: its run was gone.")


def unregister_lost(environment: str) -> None:
    """Unregister the lost drills of an environment that was swept and is clean."""
    from gameday.drill.control.running_drills import unregister

    for drill in find_lost(list_running().drills):
        if drill.environment == environment:
            unregister(drill.drill)
