"""`gameday status`: the running drill as responders see it; with the facilitator's token, all of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from gameday.cli.first import put_back_first
from gameday.cli.notes import all_notes, answer_of, lost, nobody_knows, not_over
from gameday.cli.say import out, say
from gameday.errors import Dirty, Exit, Refused

if TYPE_CHECKING:
    from gameday.drill.reach.discovery import Found


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(shape: str) -> Exit:
    """Show every running drill of this user."""
    put_back_first("status")
    looked = all_notes()
    if looked.blind:
        raise Refused(f"nobody could look for drills: {looked.blind}")
    answered, unheard = _asked(looked.found)
    silent = not_over(unheard)
    for found in silent:
        say(f"{found.drill}: its runner does not answer; {_who_is_at_it(found)}")
    if shape == "json":
        out(json.dumps(answered, indent=1))
        return Exit.HELD
    if trouble := _dirty(silent):
        raise trouble
    if not answered and silent:
        return Exit.HELD  # of each it is said what becomes of it
    if not answered:
        out("No drill is running.")
        _say_latest()
        return Exit.HELD
    from gameday.terminal.status import render_status

    for status in answered:
        out(render_status(status, "faults" in status))
    return Exit.HELD


def _asked(notes: list[Found]) -> tuple[list[dict[str, Any]], list[Found]]:
    """What each says of itself, and those whose runner says nothing."""
    from gameday.drill.reach.door import Unanswered, ask

    token = os.environ.get("GAMEDAY_TOKEN", "")
    answered, silent = list[dict[str, Any]](), list["Found"]()
    for found in notes:
        try:
            answered.append(dict(ask(found.door, {"do": "status", "token": token}, 1.0)))
        except Unanswered:
            silent.append(found)
    return answered, silent


def _who_is_at_it(found: Found) -> str:
    if answer_of(found):
        return "its guardian puts everything back, and watches that it stays so."
    return "nor does its guardian: `gameday halt` puts everything back."


def _dirty(silent: list[Found]) -> Dirty | None:
    """Of those whose runner is silent: a store that is gone, or a guardian that tries in vain."""
    if gone := lost(silent):
        return nobody_knows(gone)
    stuck = ", ".join(found.drill for found in silent if answer_of(found).get("stuck"))
    if not stuck:
        return None
    return Dirty(
        f"DIRTY: {stuck}: its guardian could not put everything back, and tries on", "What stands: gameday halt"
    )


def _say_latest() -> None:
    """What became of the drill before: its terminal may have been closed."""
    import time

    from gameday.scorecards.card import scorecard
    from gameday.scorecards.words import ending
    from gameday.store.open import open_to_look
    from gameday.units import say_duration

    try:
        store = open_to_look()
    except Refused as refused:
        say(str(refused))
        return
    drill = store.latest() if store is not None else None
    events = store.events(drill) if store is not None and drill else []
    end = next((event for event in reversed(events) if event.kind == "end"), None)
    if end is None:
        return
    found = scorecard(events, ())
    why = f" ({found.reasons[0]})" if found.exit == Exit.HALTED and found.reasons else ""
    ago = say_duration(round(max(0.0, time.time() - end.wall)))
    more = f"gameday show {drill}, gameday review {drill}"
    out(f"The latest, {drill}, ended {ago} ago: {ending(found)}{why}. More: {more}")
