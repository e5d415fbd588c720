"""`gameday status`: the running drill as responders see it; with the facilitator's token, all of it."""

from __future__ import annotations

import json
import os

import click

from gameday.cli.first import put_back_first
from gameday.cli.say import out
from gameday.errors import Exit


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(shape: str) -> Exit:
    """Show every running drill of this user."""
    from gameday.drill.reach.discovery import look
    from gameday.drill.reach.door import Unanswered, ask

    put_back_first("status")
    token = os.environ.get("GAMEDAY_TOKEN", "")
    answered = []
    for found in look():
        try:
            answered.append(dict(ask(found.door, {"do": "status", "token": token}, 1.0)))
        except Unanswered:
            out(f"{found.drill}: its runner does not answer; the guardian or `gameday halt` puts everything back.")
    if shape == "json":
        out(json.dumps(answered, indent=1))
        return Exit.HELD
    if not answered:
        out("No drill is running.")
        _say_latest()
        return Exit.HELD
    from gameday.terminal.status import render_status

    for status in answered:
        out(render_status(status, "faults" in status))
    return Exit.HELD


def _say_latest() -> None:
    """What became of the drill before: its terminal may have been closed."""
    import time

    from gameday.scorecards.verdict import verdict
    from gameday.scorecards.words import ENDINGS
    from gameday.store.open import open_for_undo
    from gameday.units import say_duration

    store = open_for_undo()
    drill = store.latest() if store is not None else None
    events = store.events(drill) if store is not None and drill else []
    end = next((event for event in reversed(events) if event.kind == "end"), None)
    if end is None:
        return
    found = verdict(events)
    why = f" ({found.reasons[0]})" if found.exit is Exit.HALTED and found.reasons else ""
    said = ENDINGS.get(found.exit, "refused before anything was touched")
    ago = say_duration(round(max(0.0, time.time() - end.wall)))
    out(f"The latest, {drill}, ended {ago} ago: {said}{why}. More: gameday show {drill}, gameday review {drill}")
