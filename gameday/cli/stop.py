"""`gameday stop`: anyone may, without a role, a reason or knowledge."""

from __future__ import annotations

import click

from gameday.cli.say import out
from gameday.errors import Exit


@click.command()
@click.argument("why", required=False, default="")
def command(why: str) -> Exit:
    """STOP: end the running drill now and put everything back. Anyone may; no reason is asked."""
    from gameday.cli.notes import all_notes
    from gameday.drill.reach.door import Unanswered, ask

    heard = False
    for found in all_notes().found:
        try:
            ask(found.door, {"do": "stop", "say": why}, 1.0)
            out(f"{found.drill}: STOP heard; everything is being put back.")
            heard = True
        except Unanswered:
            continue
    if heard:
        return Exit.HELD
    out("No running drill answers; looking for what is outstanding.")
    from gameday.cli.halt import halt_all

    return halt_all("stop")
