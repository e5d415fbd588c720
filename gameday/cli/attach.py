"""`gameday attach`: the running drill's screen in another terminal, also after its own was closed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_output
from gameday.cli.participant_commands import drill_option
from gameday.cli.review_folder import review_folder_option
from gameday.cli.standard_streams import leave_with_reader
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.app.attach import AttachedDrill
    from gameday.cli.run_with_people import ScreenResult


@click.command()
@drill_option
@click.option("--facilitate", is_flag=True, help="With the facilitator's keys and view: it reveals the fault.")
@review_folder_option("--reviews", "Folder for the review, as passed to `run`.")
def command(drill: str | None, facilitate: bool, reviews: Path | None) -> Exit:
    """Show the running drill in this terminal: the responders' view, or the facilitator's."""
    from gameday.app.attach import attach_drill
    from gameday.cli.own_finished_drills import facilitator_token
    from gameday.cli.run_with_people import ScreenResult, hold_debrief_and_report, print_still_running

    attached = attach_drill(drill, facilitator_token(), facilitate=facilitate)
    result = _show_desk(attached, has_debrief=facilitate) if _is_drawable() else _show_lines(attached)
    name = attached.running.drill
    if not result.over:
        return print_still_running(name, facilitates=bool(attached.token))
    # the terminal that started it may be gone: whoever facilitates continues with the debrief here
    result = ScreenResult(result.over, result.cast, result.debrief and facilitate)
    folder = attached.running.folder
    reviews = reviews or folder.reviews
    hold_debrief_and_report(attached.store, name, folder.role_history, reviews, lambda: _print_end(attached), result)
    return Exit.HELD


def _is_drawable() -> bool:
    from gameday.terminal.view_factory import supports_screen

    return sys.stdin.isatty() and sys.stdout.isatty() and supports_screen(os.environ)


def _show_desk(attached: AttachedDrill, *, has_debrief: bool) -> ScreenResult:
    from gameday.cli.run_with_people import ShownDrill, show_desk

    session = ShownDrill(
        attached.plan, attached.store, attached.running.folder.role_history, attached.token, attached.has_ended,
        attached.cast, read_cast=None if attached.token else attached.read_cast, has_debrief=has_debrief,
    )  # fmt: skip
    return show_desk(session, private=False)


def _show_lines(attached: AttachedDrill) -> ScreenResult:
    """Print the responders' view, or the facilitator's with the token, as lines."""
    from gameday.boards.playback import follow_store
    from gameday.cli.run_with_people import ScreenResult
    from gameday.clock import SystemClock
    from gameday.model import Mode, Phase
    from gameday.terminal.responder_lines_view import ResponderLines
    from gameday.terminal.screen_state import WatchCaption
    from gameday.terminal.view_factory import create_view

    footer = "Ctrl-C closes this view; the drill continues. To end it: gameday stop"
    if attached.token and attached.plan.mode is not Mode.SOLO:  # a solo responder never gets the facilitator's view
        view = create_view(False, os.environ, caption=WatchCaption("DRILL, second terminal", footer))
    else:
        view = ResponderLines(attached.cast, lambda _: None, footer=footer, may_begin=bool(attached.token))
    try:
        with leave_with_reader():
            state = follow_store(attached.store, attached.running.drill, view, SystemClock(), attached.has_ended)
        over = state.phase is Phase.DONE
    except KeyboardInterrupt:
        view.end()
        over = False
    return ScreenResult(over, None, debrief=False)


def _print_end(attached: AttachedDrill) -> None:
    from gameday.app.background_drill import needs_review
    from gameday.cli.run_with_people import print_drill_output

    drill, store = attached.running.drill, attached.store
    if drill in store.unfinished():
        print_output(f"{drill} does not respond. Run: gameday halt")
        return
    print_output(f"{drill} is over.")
    output = attached.running.folder.run_output(drill)
    if output.exists():
        print_drill_output(output)
    if needs_review(store.events(drill)):
        print_output(f"Scorecard: gameday show {drill}. Review: gameday review {drill}")
