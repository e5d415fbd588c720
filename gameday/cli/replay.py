"""`gameday replay`: a finished drill on the same screen."""

from __future__ import annotations

import os
import sys

import click

from gameday.app.finished_drills import without_private_notes
from gameday.cli.argument_types import DecimalNumber
from gameday.cli.completion_values import complete_drill
from gameday.cli.own_finished_drills import load_own_finished_drill
from gameday.cli.standard_streams import leave_with_reader


@click.command()
@click.argument("drill", required=False, shell_complete=complete_drill)
@click.option("--speed", type=DecimalNumber(0.1, 1000), default=8.0, show_default=True, help="Speed factor.")
def command(drill: str | None, speed: float) -> None:
    """Replay a finished DRILL (default: the latest) in the facilitator's view.

    Private notes are left out. Nothing is touched. Press Ctrl-C to leave.
    """
    from gameday.boards.playback import replay
    from gameday.clock import SystemClock
    from gameday.terminal.screen_state import WatchCaption
    from gameday.terminal.view_factory import create_view

    finished = load_own_finished_drill(drill, "replay")
    caption = WatchCaption("REPLAY", f"Replay at {speed:g} times the speed: no drill is running. Ctrl-C exits.")
    view = create_view(sys.stdout.isatty(), os.environ, caption=caption)
    try:
        with leave_with_reader():
            replay(without_private_notes(finished.events), finished.readings, view, SystemClock(), speed)
    except KeyboardInterrupt:
        view.end()
