"""`gameday replay`: a finished drill again, on the same screen."""

from __future__ import annotations

import os
import sys

import click

from gameday.cli.finished_drills import load_finished, without_private_notes
from gameday.errors import Exit


@click.command()
@click.argument("drill", required=False)
@click.option("--speed", type=click.FloatRange(0.1, 1000.0), default=8.0, show_default=True, help="Times as fast.")
def command(drill: str | None, speed: float) -> Exit:
    """Show a finished DRILL (default: the latest) again, in the facilitator's view, which is open to all after ENDEX,
    without the facilitator's own notes. Nothing runs. Ctrl-C leaves."""
    from gameday.clock import SystemClock
    from gameday.terminal.playback import replay
    from gameday.terminal.screen_state import Caption
    from gameday.terminal.view_factory import create_view

    found = load_finished(drill, "replay")
    caption = Caption("REPLAY", f"A replay at {speed:g} times the pace: nothing runs. Ctrl-C leaves.")
    view = create_view(sys.stdout.isatty(), os.environ, caption=caption)
    try:
        replay(without_private_notes(found.events), found.readings, view, SystemClock(), speed)
    except KeyboardInterrupt:
        view.end()
    return Exit.HELD
