"""Drills registered in the runtime folder: those that respond, and those whose store is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments, EnvironmentDirty, Refused

if TYPE_CHECKING:
    from gameday.drill.control.client import ServerAnswer
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.model import Environment
    from gameday.store.outstanding import OwedCleanup
    from gameday.store.paths import DataFolder

PING_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class RunningDrills:
    """Drills that may still run. `elsewhere`: those of other projects.

    `unreadable_reason` is why they could not be listed, else empty."""

    drills: list[RunningDrill]
    elsewhere: list[RunningDrill] = field(default_factory=list["RunningDrill"])
    unreadable_reason: str = ""


def current_project() -> str | None:
    """Return the identity of the project in the current folder; None without a gameday.yaml there."""
    from gameday.files.project import find_project, project_identity

    try:
        path = find_project()
        return project_identity(path) if path else None
    except OSError:  # the current folder was removed, or cannot be read
        return None


def is_visible_from(project: str, here: str | None) -> bool:
    """Return True if a drill of `project` is visible from `here`: the same project, the demo, or no project."""
    return here is None or project in ("", here)


def list_running(*, everywhere: bool = False) -> RunningDrills:
    """Return every registered drill of this project; with `everywhere`, of all.

    Opens no store: `stop` and `status` must be quick."""
    from gameday.drill.control.drill_registry import list_registered

    try:
        drills, here = list_registered(), None if everywhere else current_project()
    except Refused as refused:
        return RunningDrills([], unreadable_reason=f"{refused.wrong}. {refused.todo}")
    own = [drill for drill in drills if is_visible_from(drill.project, here)]
    return RunningDrills(own, [drill for drill in drills if drill not in own])


def describe_elsewhere(drill: RunningDrill) -> str:
    return f"{drill.drill} runs in environment {drill.environment} of another project, {drill.project}"


def select_running_drill(name: str | None) -> RunningDrill:
    """Return the drill of that name, else the only one of this project. Raises BadArguments or Refused."""
    running = list_running(everywhere=name is not None)
    if running.unreadable_reason:
        raise Refused(running.unreadable_reason)
    drills = [drill for drill in running.drills if name in (None, drill.drill)]
    if not drills:
        raise _not_running(name, running)
    if len(drills) > 1:
        names = ", ".join(drill.drill for drill in drills)
        raise BadArguments("several drills are running", f"Add --drill, one of: {names}")
    return drills[0]


def _not_running(name: str | None, running: RunningDrills) -> Refused | BadArguments:
    if name:
        return _name_not_running(name, [f"{drill.drill} in {drill.environment}" for drill in running.drills])
    if not (elsewhere := running.elsewhere):
        return Refused("no drill is running", "Start one: gameday run FILE")
    drills = "; ".join(map(describe_elsewhere, elsewhere))
    return Refused(f"no drill of this project is running; {drills}", f"If you mean it: --drill {elsewhere[0].drill}")


def _name_not_running(name: str, others: list[str]) -> Refused | BadArguments:
    """Return a refusal for a recorded drill, which has ended; a name that no drill has is a bad argument."""
    if _is_recorded(name):
        return Refused(f"drill {name} is not running", f"It has ended: gameday show {name}")
    running = f"Running: {', '.join(others)}" if others else "No drill is running. Start one: gameday run FILE"
    return BadArguments(f"drill {name} not found", running)


def _is_recorded(name: str) -> bool:
    from gameday.store.open import open_read_only
    from gameday.store.protocols import StoreError

    with contextlib.suppress(Refused, StoreError):
        store = open_read_only()
        return store is not None and name in store.drills()
    return False


def unregister_finished_drills(drills: Iterable[RunningDrill]) -> list[RunningDrill]:
    """Return the drills that are not finished; unregister those that are."""
    from gameday.drill.control.drill_registry import unregister

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
    from gameday.drill.revert.takeover_log import read_journal

    if not drill.is_registered():
        return True
    events = read_journal(drill.drill)
    return has_ended(events) if events is not None else _is_finished(drill)


def ping_drill(drill: RunningDrill) -> ServerAnswer:
    """Return the runner's answer, else the guardian's; empty if neither responds."""
    from gameday.drill.control.client import NoResponse, send_request

    for socket in (drill.socket_path, drill.guardian_socket_path):
        with contextlib.suppress(NoResponse):
            return send_request(socket, {"request": "ping"}, PING_TIMEOUT_S)
    return {}


def responding_drills(token: str) -> dict[str, bool]:
    """Return each drill whose runner or guardian responds and is not stuck; True if `token` is its own."""
    answers = {drill: ping_drill(drill) for drill in list_running(everywhere=True).drills}
    return {
        drill.drill: _token_matches(drill, token)
        for drill, answer in answers.items()
        if answer and not answer.get("stuck")
    }


def runs_in_environment(drill: RunningDrill, environment: Environment) -> bool:
    """Return True if the drill runs in this environment of this project."""
    return (drill.project, drill.environment) == (environment.project, environment.name)


def _token_matches(drill: RunningDrill, token: str) -> bool:
    from gameday.drill.control.facilitator_token import matches_digest
    from gameday.store.open import open_for_revert

    store = open_for_revert(drill.folder)
    return store is not None and matches_digest(token, store.token_digest(drill.drill))


def find_lost_drills(drills: Iterable[RunningDrill]) -> list[RunningDrill]:
    """Return the drills that do not respond and that no store knows."""
    return [drill for drill in drills if not _is_stored(drill) and not ping_drill(drill)]


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


def find_project_cleanups(folder: DataFolder, here: str | None) -> list[OwedCleanup]:
    """Return what the drills of a project did not undo, as the store in `folder` knows."""
    from gameday.drill.revert.owed_cleanups import find_owed_cleanups
    from gameday.store.open import open_for_revert

    store = open_for_revert(folder)
    if store is None:
        return []
    return find_owed_cleanups(store, lambda drill: is_visible_from(store.project(drill), here))


def stop_orphaned_demos(drills: Iterable[RunningDrill], report: Callable[[str], None]) -> None:
    """Stop on-demand demos whose run is gone, once the faults of its drill are reverted."""
    from gameday.demo.lifecycle import stop_if_unused

    for place in sorted({drill.place for drill in drills if drill.place}):
        if stop_if_unused(Path(place)):
            report(f"Stopped the demo in {place}: its run was gone.")


def unregister_lost_drills(environment: Environment) -> None:
    """Unregister the lost drills of an environment that was swept and is clean."""
    from gameday.drill.control.drill_registry import unregister

    for drill in find_lost_drills(list_running(everywhere=True).drills):
        if runs_in_environment(drill, environment):
            unregister(drill.drill)
