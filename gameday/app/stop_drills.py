"""Stopping: end the running drills, then revert what dead ones left."""

from __future__ import annotations

import time
from collections.abc import Collection, Container, Sequence
from typing import TYPE_CHECKING

from gameday.app.recovery import recover_lost_drills
from gameday.app.reporter import Reporter
from gameday.app.revert_wait import (
    POLL_INTERVAL_S,
    REVERT_TIMEOUT_S,
    RevertWait,
    WaitOutcome,
    describe_unreverted,
    report_reverts,
    wait_until_over,
    wait_until_reverted,
)
from gameday.app.running_drills import (
    RunningDrills,
    current_project,
    describe_elsewhere,
    find_project_cleanups,
    is_visible_from,
    list_running,
    lost_drills_error,
    stop_orphaned_demos,
    unregister_finished_drills,
)
from gameday.errors import EnvironmentDirty, Refused
from gameday.process_identity import current_process

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.store.paths import DataFolder
    from gameday.store.protocols import EventReader
    from gameday.timing import Timing

RESPONSE_TIMEOUT_S = 1.0


def stop_drills(reason: str, reporter: Reporter, timing: Timing, *, everywhere: bool = False) -> None:
    """Stop every running drill of this project and wait for its reverts; if none responds, halt.

    Raises EnvironmentDirty or Refused as `stop_and_recover`."""
    running = list_running(everywhere=everywhere)
    stopped = [drill for drill in running.drills if _send_stop(drill, reason, reporter)]
    waits = _wait_for_reverts(stopped, reporter)
    reverted = [drill for drill, wait in waits.items() if wait.is_reverted]
    if reverted and reverted == running.drills:
        _require_undone({drill.folder for drill in running.drills}, None if everywhere else current_project())
        _report_elsewhere(running, "stop", reporter)
        return
    unreverted = describe_unreverted(running.drills, waits)
    reporter.output(f"{unreverted}. Reverting everything outstanding, as `gameday halt` does.")
    stop_and_recover("stop", reporter, timing, everywhere=everywhere)


def _wait_for_reverts(stopped: Sequence[RunningDrill], reporter: Reporter) -> dict[RunningDrill, RevertWait]:
    """Report the reverts of each drill as they are verified.

    Raises EnvironmentDirty for drills that are still reverting after the time allowed."""
    waits = {drill: wait_until_reverted(drill, reporter.status) for drill in stopped}
    for drill, wait in waits.items():
        report_reverts(drill, wait, reporter)
    if late := [drill.drill for drill, wait in waits.items() if wait.outcome is WaitOutcome.LATE]:
        wrong = f"DIRTY: {', '.join(late)}: not all faults are reverted after {REVERT_TIMEOUT_S:.0f} s"
        raise EnvironmentDirty(wrong, "The drill retries. Watch it: gameday status. To revert from here: gameday halt")
    return waits


def _report_elsewhere(running: RunningDrills, command: str, reporter: Reporter) -> None:
    for drill in running.elsewhere:
        reporter.status(f"Not stopped: {describe_elsewhere(drill)}. To stop it too: gameday {command} --all")


def _send_stop(drill: RunningDrill, reason: str, reporter: Reporter) -> bool:
    from gameday.drill.control.client import NoResponse, send_request

    try:
        send_request(drill.socket_path, {"request": "stop", "text": reason}, RESPONSE_TIMEOUT_S)
    except NoResponse:
        return False
    reporter.output(f"{drill.drill}: STOP received; reverting all faults ...")
    return True


def stop_and_recover(command: str, reporter: Reporter, timing: Timing, *, everywhere: bool = False) -> None:
    """Halt the running drills of this project, wait for their end, then revert what dead ones left.

    Raises EnvironmentDirty if something is left, Refused if running drills cannot be listed.
    """
    from gameday.store.paths import data_folder

    running = list_running(everywhere=everywhere)
    here = None if everywhere else current_project()
    guarded = {
        drill.drill
        for drill in running.drills
        if _send_halt(drill, command, reporter) and _wait_until_over(drill, reporter)
    }
    folders, unknown = {drill.folder for drill in running.drills}, None
    try:
        folders.add(data_folder())
    except Refused as refused:
        unknown = refused  # the running drills are halted all the same
    for folder in sorted(folders):
        _recover_store(folder, command, guarded, here, reporter, timing)
    stop_orphaned_demos(running.drills, reporter.status)
    unregister_finished_drills(running.drills)
    if lost := recover_lost_drills(command, reporter.status, timing):
        raise lost_drills_error(lost)
    if running.unreadable_reason:
        raise Refused(
            f"reverted what the store knows, but other running drills cannot be listed: {running.unreadable_reason}"
        )
    if unknown is not None:
        raise unknown
    _require_listed({drill.drill for drill in running.drills}, folders, reporter)
    _require_undone(folders, here)
    reporter.output("Nothing is outstanding.")
    _report_elsewhere(running, command, reporter)


def _require_listed(recovered: Collection[str], folders: Collection[DataFolder], reporter: Reporter) -> None:
    """Wait for drills whose files in the runtime folder were removed: their runners notice it, and end.

    Those that were `recovered` here or that a store has closed are not awaited: a process of theirs, perhaps
    suspended, has nothing to revert. Raises EnvironmentDirty for those that do not end."""
    announced, deadline = list[str](), time.monotonic() + REVERT_TIMEOUT_S
    while unlisted := _unknown_drills(recovered, folders, reporter):
        for drill in unlisted:
            if drill not in announced:
                reporter.output(f"{drill}: its files were removed while it ran; waiting until it has reverted ...")
        announced += [drill for drill in unlisted if drill not in announced]
        if time.monotonic() > deadline:
            raise EnvironmentDirty(
                f"DIRTY: {', '.join(unlisted)} still runs, and its records are gone: leftover faults are unknown",
                "End its process (its title is `gameday` and the drill), then search the engines: "
                "gameday halt --sweep ENV",
            )
        time.sleep(POLL_INTERVAL_S)
    if announced:
        reporter.output(f"{', '.join(announced)}: ended. To make sure of its engines: gameday halt --sweep ENV")


def _unknown_drills(recovered: Collection[str], folders: Collection[DataFolder], reporter: Reporter) -> list[str]:
    """Return the drills that run and have no records; of closed ones, end the suspended guardians."""
    from gameday.drill.control.unregistered_drills import kill_suspended_guardian, list_unregistered

    unlisted = list_unregistered()
    closed = [drill for drill in unlisted if drill in recovered or _is_closed(drill, folders)]
    for drill in closed:
        if kill_suspended_guardian(drill):
            reporter.status(f"{drill}: its guardian was suspended and had nothing left to revert; killed it.")
    return [drill for drill in unlisted if drill not in closed]


def _is_closed(drill: str, folders: Collection[DataFolder]) -> bool:
    """Return True if a store in one of `folders` says that the drill has ended and nothing of it is left."""
    from gameday.drill.revert.orphaned_drills import load_known_events
    from gameday.drill.revert.takeover import has_ended
    from gameday.store.open import open_for_revert

    return any(has_ended(load_known_events(drill, open_for_revert(folder))) for folder in folders)


def _require_undone(folders: Collection[DataFolder], here: str | None) -> None:
    """Raise EnvironmentDirty for actions of this project's drills that were not undone, of earlier drills too."""
    from gameday.drill.revert.owed_cleanups import not_undone_error

    if owed := [owed for folder in sorted(folders) for owed in find_project_cleanups(folder, here)]:
        raise not_undone_error(owed)


def _send_halt(drill: RunningDrill, command: str, reporter: Reporter) -> bool:
    """Send a halt to the runner; after a second without an answer, to its guardian."""
    from gameday.drill.control.client import NoResponse, send_request

    for socket in (drill.socket_path, drill.guardian_socket_path):
        try:
            send_request(socket, {"request": "halt", "text": command}, RESPONSE_TIMEOUT_S)
        except NoResponse:
            continue
        reporter.output(f"{drill.drill}: halting; reverting all faults ...")
        return True
    return False


def _wait_until_over(drill: RunningDrill, reporter: Reporter) -> bool:
    """Wait for the end of a halted drill and report its reverts; return False if it has to be recovered."""
    wait = wait_until_over(drill, reporter.status)
    report_reverts(drill, wait, reporter)
    return wait.is_reverted


def _recover_store(
    folder: DataFolder, command: str, guarded: Container[str], here: str | None, reporter: Reporter, timing: Timing
) -> None:
    """Revert what the unfinished drills of one store left; of other projects, the orphans.

    Raises EnvironmentDirty."""
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.revert.orphaned_drills import dirty_error, revert_orphans
    from gameday.drill.revert.orphans import find_orphaned_drills
    from gameday.store.open import open_for_revert
    from gameday.store.protocols import StoreError

    store = open_for_revert(folder)
    if store is None:
        return
    if store.path != folder.store:
        reporter.status(f"gameday: cannot open the store {folder.store}; using a copy, so nothing can be recorded")
    try:
        orphans = find_orphaned_drills(store)
        unfinished = [drill for drill in store.unfinished() if drill not in guarded]
    except StoreError as error:
        reporter.status(f"gameday: cannot read the store {folder.store}: {error}")
        return
    drills = [drill for drill in unfinished if drill in orphans or is_visible_from(store.project(drill), here)]
    left = revert_orphans(store, InjectorRegistry(), reporter.status, f"`gameday {command}`", drills, timing)
    if left:
        raise dirty_error(left, store, find_project_cleanups(folder, here))
    _wait_for_other_owners(store, drills)


def _wait_for_other_owners(store: EventReader, drills: list[str]) -> None:
    """Wait for drills that another process took over meanwhile. Raises EnvironmentDirty."""
    deadline = time.monotonic() + REVERT_TIMEOUT_S
    while unfinished := [drill for drill in store.unfinished() if drill in drills and _has_other_owner(store, drill)]:
        if time.monotonic() > deadline:
            names = ", ".join(unfinished)
            raise EnvironmentDirty(f"DIRTY: not finished yet: {names}", "Another process reverts it: gameday status")
        time.sleep(POLL_INTERVAL_S)


def _has_other_owner(store: EventReader, drill: str) -> bool:
    owner = store.owner(drill)
    return owner is not None and owner != current_process() and owner.alive() is not False
