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
        return Exit.HELD
    from gameday.terminal.status import render_status

    for status in answered:
        out(render_status(status, "faults" in status))
    return Exit.HELD
