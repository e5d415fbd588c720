"""`gameday attach`: the running drill's screen in another terminal, also when its own was closed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.said import running, which_drill
from gameday.cli.say import out
from gameday.errors import Exit, Refused

if TYPE_CHECKING:
    from gameday.cli.live import Seen
    from gameday.drill.reach.discovery import Found
    from gameday.store.sqlite import Store


@click.command()
@which_drill
@click.option("--facilitate", is_flag=True, help="With the facilitator's keys and view: it tells what fails.")
@click.option("--reviews", type=click.Path(path_type=Path), help="Where the run was told to put its review.")
def command(drill: str | None, facilitate: bool, reviews: Path | None) -> Exit:
    """Show the running drill's screen here too: what responders see, or with --facilitate all of it."""
    from gameday.store.open import open_for_undo

    found = running(drill)
    store = open_for_undo(found.store)
    if store is None or found.drill not in store.drills():
        raise Refused(f"the store of {found.drill} is gone", "Say: gameday halt")
    token = _token(found, store, facilitate=facilitate)
    from gameday.cli.live import after_endex, goes_on, next_turns

    seen = _on_a_screen(found, store, token) if _drawable() else _as_lines(found, store, token)
    if not seen.over:
        return goes_on(found.drill, facilitates=bool(token))
    # the terminal that it was started from may be gone: whoever facilitates goes on to the debrief here
    now = seen.debrief and facilitate
    if after_endex(store, found.drill, reviews, lambda: _say_how_it_ended(found, store), debrief_now=now):
        next_turns(seen.cast)
    return Exit.HELD


def _token(found: Found, store: Store, *, facilitate: bool) -> str:
    """Empty for who does not facilitate. The shell of the same user is no barrier: it is asked for in so many words,
    so that nobody sees it unasked. Raises Refused when there is none."""
    from gameday.drill.reach.token import VARIABLE, kept, matches

    for token in (os.environ.get(VARIABLE, ""), kept(found.drill) if facilitate else ""):
        if token and matches(token, store.token(found.drill)):
            return token
    if facilitate:
        raise Refused(f"the facilitator's token of {found.drill} is not here", f"Set {VARIABLE} to it.")
    return ""


def _drawable() -> bool:
    from gameday.terminal.choose import drawable

    return sys.stdin.isatty() and sys.stdout.isatty() and drawable(os.environ)


def _on_a_screen(found: Found, store: Store, token: str) -> Seen:
    from gameday.cli.casting import found_cast
    from gameday.cli.live import People, on_a_desk
    from gameday.store.places import rotation_path
    from gameday.terminal.showing import plan_of

    plan = plan_of(store.events(found.drill))
    cast = found_cast(found.drill, plan.scenario, rotation_path(store.path)) if token else None
    people = People(cast, private=False)
    return on_a_desk(plan, store, token, lambda: _gone(found), people)


def _as_lines(found: Found, store: Store, token: str) -> Seen:
    """To a pipe, a screen reader, a terminal that cannot be drawn on: what responders see, or with the token the
    facilitator's lines."""
    from gameday.cli.live import Seen
    from gameday.clock import SystemClock
    from gameday.model import Mode, Phase
    from gameday.terminal.choose import choose_view
    from gameday.terminal.responders_lines import ResponderLines
    from gameday.terminal.showing import follow, plan_of
    from gameday.terminal.watched import Caption

    foot = "Ctrl-C leaves these lines, the drill goes on; gameday stop ends it"
    caption = Caption("DRILL, a second look", foot)
    alone = plan_of(store.events(found.drill)).mode is Mode.SOLO  # who is alone has no facilitator's view anywhere
    sees = bool(token) and not alone
    view = choose_view(False, os.environ, caption=caption) if sees else ResponderLines(None, lambda _: None, foot=foot)
    try:
        over = follow(store, found.drill, view, SystemClock(), lambda: _gone(found)).phase is Phase.DONE
    except KeyboardInterrupt:
        view.end()
        over = False
    return Seen(over, None, debrief=False)


def _gone(found: Found) -> bool:
    from gameday.drill.reach.discovery import look

    return all(note.drill != found.drill for note in look())


def _say_how_it_ended(found: Found, store: Store) -> None:
    from gameday.cli.live import reviewless, say_again
    from gameday.store.places import said_path

    if found.drill in store.unfinished():
        out(f"{found.drill} answers no more. Say: gameday halt")
        return
    out(f"{found.drill} is over.")
    said = said_path(store.path, found.drill)
    if said.exists():
        say_again(said)
    if reviewless(store.events(found.drill)):
        out(f"Its figures: gameday show {found.drill}; its review: gameday review {found.drill}")
