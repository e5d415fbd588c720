"""`gameday status`: the running drill as responders see it; with the facilitator's token, all of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from gameday.app.running_drills import find_lost, list_running, lost_drills_error, ping, prune_finished
from gameday.cli.output import print_output, print_status
from gameday.cli.recover_first import recover_before
from gameday.errors import EnvironmentDirty, Exit, Refused

if TYPE_CHECKING:
    from gameday.drill.control.running_drills import RunningDrill


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(shape: str) -> Exit:
    """Show every running drill of this user."""
    recover_before("status")
    looked = list_running()
    if looked.unreadable_reason:
        raise Refused(f"nobody could look for drills: {looked.unreadable_reason}")
    answered, unheard = _asked(looked.found)
    silent = prune_finished(unheard)
    for found in silent:
        print_status(f"{found.drill}: its runner does not answer; {_who_is_at_it(found)}")
    if shape == "json":
        print_output(json.dumps(answered, indent=1))
        return Exit.HELD
    if trouble := _dirty(silent):
        raise trouble
    if not answered and silent:
        return Exit.HELD  # of each it is said what becomes of it
    if not answered:
        print_output("No drill is running.")
        _say_latest()
        return Exit.HELD
    from gameday.terminal.status_report import render_status

    for status in answered:
        print_output(render_status(status, "faults" in status))
    return Exit.HELD


def _asked(notes: list[RunningDrill]) -> tuple[list[dict[str, Any]], list[RunningDrill]]:
    """What each says of itself, and those whose runner says nothing."""
    from gameday.drill.control.socket_server import NoResponse, send_request

    token = os.environ.get("GAMEDAY_TOKEN", "")
    answered, silent = list[dict[str, Any]](), list["RunningDrill"]()
    for found in notes:
        try:
            answered.append(dict(send_request(found.door, {"do": "status", "token": token}, 1.0)))
        except NoResponse:
            silent.append(found)
    return answered, silent


def _who_is_at_it(found: RunningDrill) -> str:
    if ping(found):
        return "its guardian puts everything back, and watches that it stays so."
    return "nor does its guardian: `gameday halt` puts everything back."


def _dirty(silent: list[RunningDrill]) -> EnvironmentDirty | None:
    """Of those whose runner is silent: a store that is gone, or a guardian that tries in vain."""
    if gone := find_lost(silent):
        return lost_drills_error(gone)
    stuck = ", ".join(found.drill for found in silent if ping(found).get("stuck"))
    if not stuck:
        return None
    return EnvironmentDirty(
        f"DIRTY: {stuck}: its guardian could not put everything back, and tries on", "What stands: gameday halt"
    )


def _say_latest() -> None:
    """What became of the drill before: its terminal may have been closed."""
    import time

    from gameday.scorecards.scorecard import scorecard
    from gameday.scorecards.scorecard_text import ending
    from gameday.store.open import open_read_only
    from gameday.units import format_duration

    try:
        store = open_read_only()
    except Refused as refused:
        print_status(str(refused))
        return
    drill = store.latest() if store is not None else None
    events = store.events(drill) if store is not None and drill else []
    end = next((event for event in reversed(events) if event.kind == "end"), None)
    if end is None:
        return
    found = scorecard(events, ())
    why = f" ({found.reasons[0]})" if found.exit == Exit.HALTED and found.reasons else ""
    ago = format_duration(round(max(0.0, time.time() - end.wall)))
    more = f"gameday show {drill}, gameday review {drill}"
    print_output(f"The latest, {drill}, ended {ago} ago: {ending(found)}{why}. More: {more}")
