"""`gameday attach`: the running drill's screen in another terminal, also when its own was closed."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from gameday.cli.said import running
from gameday.cli.say import out
from gameday.errors import Exit, Refused

if TYPE_CHECKING:
    from gameday.drill.reach.discovery import Found


@click.command()
@click.option("--drill", metavar="DRILL", help="Which, when several run.")
def command(drill: str | None) -> Exit:
    """Show the running drill's screen here too, to whoever holds its token. Ctrl-C leaves; the drill goes on."""
    from gameday.clock import SystemClock
    from gameday.drill.reach import token
    from gameday.model import Phase
    from gameday.store.open import open_for_undo
    from gameday.terminal.choose import choose_view
    from gameday.terminal.showing import follow
    from gameday.terminal.watched import Caption

    found = running(drill)
    store = open_for_undo(found.store)
    if store is None or found.drill not in store.drills():
        raise Refused(f"the store of {found.drill} is gone", "Say: gameday halt")
    token.require_ended_or_token(store.events(found.drill), found.drill, store.token(found.drill))
    foot = "Ctrl-C leaves this screen, the drill goes on; gameday stop ends it"
    view = choose_view(sys.stdout.isatty(), os.environ, caption=Caption("DRILL, a second look", foot))
    try:
        state = follow(store, found.drill, view, SystemClock(), lambda: not _there(found))
    except KeyboardInterrupt:
        view.end()
        out(f"{found.drill} goes on. To end it: gameday stop")
        return Exit.HELD
    over = state.phase is Phase.DONE
    out(f"{found.drill} is over." if over else f"{found.drill} answers no more. Say: gameday halt")
    return Exit.HELD


def _there(found: Found) -> bool:
    from gameday.drill.reach.discovery import look

    return any(note.drill == found.drill for note in look())
