"""`gameday halt`: everything outstanding is reverted, with or without a drill, a name or any knowledge."""

from __future__ import annotations

import time
from collections.abc import Container
from typing import TYPE_CHECKING

import click

from gameday.app.running_drills import find_lost, list_running, lost_drills_error, ping, prune_finished, tidy_demos
from gameday.cli.output import print_output, print_status
from gameday.cli.timing_variable import read_timing
from gameday.errors import BadArguments, EnvironmentDirty, Exit, Refused
from gameday.process_identity import current_process

if TYPE_CHECKING:
    from gameday.drill.control.running_drills import RunningDrill
    from gameday.store.paths import DataFolder
    from gameday.store.protocols import EventReader

ANSWER_WITHIN = 1.0
DONE_WITHIN = 120.0


@click.command()
@click.option("--sweep", metavar="ENV", help="Find ours on the engines of this environment, with no store at all.")
@click.option("--yes", is_flag=True, help="With --sweep: revert what is found without asking.")
@click.option("--give-up", metavar="MARK", help="Close what cannot be reverted (a mark, or a drill), with a reason.")
@click.option("--reason", help="With --give-up: why, for the log.")
def command(sweep: str | None, yes: bool, give_up: str | None, reason: str | None) -> Exit:
    """Revert all that is outstanding, now."""
    if give_up is not None:
        from gameday.cli.give_up import give_up_on

        return give_up_on(give_up, reason)
    if reason is not None:
        raise BadArguments("--reason goes with --give-up")
    if sweep is not None:
        from gameday.cli.sweep import sweep_environment

        return sweep_environment(sweep, yes=yes)
    return halt_all("halt")


def halt_all(why: str) -> Exit:
    """Halt the running drills, wait until they are over, then revert what dead ones left. Raises Dirty."""
    from gameday.store.paths import data_folder

    looked = list_running()
    notes = looked.found
    watched = {found.drill for found in notes if _send_halt(found, why) and _wait_until_over(found)}
    for folder in sorted({found.folder for found in notes} | {data_folder()}):
        _recover_store(folder, why, watched)
    tidy_demos(notes, print_status)
    if gone := find_lost(prune_finished(notes)):
        raise lost_drills_error(gone)
    if looked.unreadable_reason:
        raise Refused(
            f"what the store knows is put back, but nobody could look for other drills: {looked.unreadable_reason}"
        )
    print_output("Nothing of ours is outstanding.")
    return Exit.HELD


def _send_halt(found: RunningDrill, why: str) -> bool:
    """The runner first; after a second without an answer, its guardian."""
    from gameday.drill.control.socket_server import NoResponse, send_request

    for door in (found.door, found.guardians_door):
        try:
            send_request(door, {"do": "halt", "say": why}, ANSWER_WITHIN)
        except NoResponse:
            continue
        print_output(f"{found.drill}: halting; everything is being put back ...")
        return True
    return False


def _wait_until_over(found: RunningDrill) -> bool:
    """Until it is over, or nobody is at it with success: then it is for us. True when all is gone and its guardian
    stays only because the runner is stopped and may wake: that can last, and is no reason to wait."""
    from gameday.store.open import open_for_revert

    store = open_for_revert(found.folder)
    until = time.monotonic() + DONE_WITHIN
    while store is not None and found.drill in store.unfinished() and time.monotonic() < until:
        answer = ping(found)
        if answer.get("watches"):
            print_output(
                f"{found.drill}: all is gone; its runner is stopped, and its guardian watches until it has ended."
            )
            return True
        if not answer or answer.get("stuck"):
            return False
        time.sleep(0.1)
    return False


def _recover_store(folder: DataFolder, why: str, watched: Container[str]) -> None:
    """Raises Dirty."""
    from gameday.drill.injector_registry import Registry
    from gameday.drill.revert.recover import dirty_error, recover
    from gameday.store.open import open_for_revert

    store = open_for_revert(folder)
    if store is None:
        return
    if store.path != folder.store:
        print_status(
            f"gameday: the store {folder.store} cannot be opened; working from a copy, nothing can be recorded"
        )
    drills = [drill for drill in store.unfinished() if drill not in watched]
    left = recover(store, Registry(), print_status, f"`gameday {why}`", drills, read_timing())
    if left:
        raise dirty_error(left, store)
    _until_finished(store, drills)


def _lives(store: EventReader, drill: str) -> bool:
    owner = store.owner(drill)
    return owner is not None and owner != current_process() and owner.alive() is not False


def _until_finished(store: EventReader, drills: list[str]) -> None:
    """Another process may have taken one of them: only when it is over, nothing is outstanding. Raises Dirty."""
    until = time.monotonic() + DONE_WITHIN
    while busy := [drill for drill in store.unfinished() if drill in drills and _lives(store, drill)]:
        if time.monotonic() > until:
            raise EnvironmentDirty(
                f"DIRTY: not over yet: {', '.join(busy)}", "Another process is at it: gameday status"
            )
        time.sleep(0.1)
