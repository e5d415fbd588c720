"""`gameday halt`: revert everything outstanding, with or without a drill."""

from __future__ import annotations

import click

from gameday.cli.all_projects import all_option
from gameday.cli.completion_values import complete_environment
from gameday.cli.progress import progress
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit


@click.command()
@click.option("--sweep", metavar="ENV", help="Find leftover faults on the engines, without the local database.",
              shell_complete=complete_environment)  # fmt: skip
@click.option("--yes", is_flag=True, help="With --sweep: revert what is found without asking.")
@click.option("--give-up", metavar="MARKER", help="Close what cannot be reverted or undone (a marker or a drill).")
@click.option("--reason", help="With --give-up: the reason, for the log.")
@all_option
@variable_option
def command(sweep: str | None, yes: bool, give_up: str | None, reason: str | None, everywhere: bool) -> Exit:
    """Revert everything outstanding, now. In a folder with a gameday.yaml, drills of other projects keep running.

    Returns when everything is reverted and undone. Exit code 5: a fault could not be reverted, or an action not undone.
    """
    from gameday.cli.output import TERMINAL

    if give_up is not None:
        from gameday.app.abandon_faults import abandon_faults

        abandon_faults(give_up, reason, TERMINAL)
        return Exit.HELD
    if reason is not None:
        raise BadArguments("--reason needs --give-up")
    if sweep is not None:
        from gameday.cli.sweep import sweep_environment

        return sweep_environment(sweep, yes=yes)
    from gameday.app.stop_drills import stop_and_recover
    from gameday.cli.timing_variable import read_timing

    with progress("the revert of all faults"):
        stop_and_recover("halt", TERMINAL, read_timing(), everywhere=everywhere)
    return Exit.HELD
