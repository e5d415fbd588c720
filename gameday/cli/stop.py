"""`gameday stop`: end the running drill now."""

from __future__ import annotations

import click

from gameday.cli.all_projects import all_option
from gameday.cli.progress import progress
from gameday.cli.timing_variable import read_timing


@click.command()
@click.argument("reason", nargs=-1, metavar="[REASON]...")
@all_option
def command(reason: tuple[str, ...], everywhere: bool) -> None:
    """End the running drill now and revert all faults: STOP. Anyone may; no reason is needed.

    Returns when the reverts are verified; undoing actions may take longer. Exit code 0: all faults are removed. 5: a
    fault could not be reverted, or an action of an earlier drill was not undone.

    Without a running drill it does the same as `gameday halt`. In a folder with a gameday.yaml, drills of other
    projects keep running.
    """
    from gameday.app.stop_drills import stop_drills
    from gameday.cli.output import TERMINAL

    with progress("the revert of all faults"):
        stop_drills(" ".join(reason), TERMINAL, read_timing(), everywhere=everywhere)
