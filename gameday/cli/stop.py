"""`gameday stop`: anyone may, without a role, a reason or knowledge."""

from __future__ import annotations

import click

from gameday.cli.timing_variable import read_timing
from gameday.errors import Exit


@click.command()
@click.argument("why", required=False, default="")
def command(why: str) -> Exit:
    """STOP: end the running drill now and revert all faults. Anyone may; no reason is needed."""
    from gameday.app.stop_drills import stop_drills
    from gameday.cli.output import TERMINAL

    stop_drills(why, TERMINAL, read_timing())
    return Exit.HELD
