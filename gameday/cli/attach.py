"""`gameday attach`: the running drill's screen in another terminal, also when its own was closed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_output
from gameday.cli.participant_commands import drill_option, select_running_drill
from gameday.errors import Exit, Refused

if TYPE_CHECKING:
    from gameday.cli.facilitated_run import ScreenResult
    from gameday.drill.control.running_drills import RunningDrill
    from gameday.store.protocols import DrillReader, EventReader


@click.command()
@drill_option
@click.option("--facilitate", is_flag=True, help="With the facilitator's keys and view: it tells what fails.")
@click.option("--reviews", type=click.Path(path_type=Path), help="Where the run was told to put its review.")
def command(drill: str | None, facilitate: bool, reviews: Path | None) -> Exit:
    """Show the running drill's screen here too: what responders see, or with --facilitate all of it."""
    from gameday.store.open import open_for_revert

    found = select_running_drill(drill)
    store = open_for_revert(found.folder)
    if store is None or found.drill not in store.drills():
        raise Refused(f"the store of {found.drill} is gone", "Say: gameday halt")
    token = _token(found, store, facilitate=facilitate)
    from gameday.cli.facilitated_run import after_endex, next_turns, print_still_running

    seen = _on_a_screen(found, store, token) if _drawable() else _as_lines(found, store, token)
    if not seen.over:
        return print_still_running(found.drill, facilitates=bool(token))
    # the terminal that it was started from may be gone: whoever facilitates goes on to the debrief here
    now = seen.debrief and facilitate
    if after_endex(
        store,
        found.drill,
        reviews or found.folder.reviews,
        found.folder.role_history,
        lambda: _say_how_it_ended(found, store),
        debrief_now=now,
    ):
        next_turns(seen.cast)
    return Exit.HELD


def _token(found: RunningDrill, store: EventReader, *, facilitate: bool) -> str:
    """Empty for who does not facilitate. The shell of the same user is no barrier: it is asked for in so many words,
    so that nobody sees it unasked. Raises Refused when there is none."""
    from gameday.drill.control.facilitator_token import VARIABLE, load, matches

    for token in (os.environ.get(VARIABLE, ""), load(found.drill) if facilitate else ""):
        if token and matches(token, store.token_digest(found.drill)):
            return token
    if facilitate:
        raise Refused(f"the facilitator's token of {found.drill} is not here", f"Set {VARIABLE} to it.")
    return ""


def _drawable() -> bool:
    from gameday.terminal.view_factory import supports_screen

    return sys.stdin.isatty() and sys.stdout.isatty() and supports_screen(os.environ)


def _on_a_screen(found: RunningDrill, store: DrillReader, token: str) -> ScreenResult:
    from gameday.cli.facilitated_run import People, run_desk
    from gameday.cli.role_assignment import load_cast
    from gameday.terminal.playback import plan_of

    plan = plan_of(store.events(found.drill))
    history = found.folder.role_history
    cast = load_cast(found.drill, plan.scenario, history) if token else None
    people = People(history, cast, private=False)
    return run_desk(plan, store, token, lambda: _gone(found), people)


def _as_lines(found: RunningDrill, store: DrillReader, token: str) -> ScreenResult:
    """To a pipe, a screen reader, a terminal that cannot be drawn on: what responders see, or with the token the
    facilitator's lines."""
    from gameday.cli.facilitated_run import ScreenResult
    from gameday.clock import SystemClock
    from gameday.model import Mode, Phase
    from gameday.terminal.playback import follow_store, plan_of
    from gameday.terminal.responder_lines_view import ResponderLines
    from gameday.terminal.screen_state import Caption
    from gameday.terminal.view_factory import create_view

    foot = "Ctrl-C leaves these lines, the drill goes on; gameday stop ends it"
    caption = Caption("DRILL, a second look", foot)
    alone = plan_of(store.events(found.drill)).mode is Mode.SOLO  # who is alone has no facilitator's view anywhere
    sees = bool(token) and not alone
    view = create_view(False, os.environ, caption=caption) if sees else ResponderLines(None, lambda _: None, foot=foot)
    try:
        over = follow_store(store, found.drill, view, SystemClock(), lambda: _gone(found)).phase is Phase.DONE
    except KeyboardInterrupt:
        view.end()
        over = False
    return ScreenResult(over, None, debrief=False)


def _gone(found: RunningDrill) -> bool:
    from gameday.drill.control.running_drills import list_running

    return all(note.drill != found.drill for note in list_running())


def _say_how_it_ended(found: RunningDrill, store: EventReader) -> None:
    from gameday.cli.facilitated_run import needs_review, replay_output

    if found.drill in store.unfinished():
        print_output(f"{found.drill} answers no more. Say: gameday halt")
        return
    print_output(f"{found.drill} is over.")
    said = found.folder.run_output(found.drill)
    if said.exists():
        replay_output(said)
    if needs_review(store.events(found.drill)):
        print_output(f"Its figures: gameday show {found.drill}; its review: gameday review {found.drill}")
