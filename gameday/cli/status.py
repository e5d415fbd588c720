"""`gameday status`: the running drill as responders see it; with the facilitator's token, all of it."""

from __future__ import annotations

import json

import click

from gameday.app.drill_status import SilentDrill, latest_drill, query_drills
from gameday.cli.output import print_output, print_status
from gameday.cli.terminal_token import facilitator_token
from gameday.cli.timing_variable import read_timing
from gameday.errors import Exit, Refused


@click.command()
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(shape: str) -> Exit:
    """Show every running drill of this user."""
    statuses = query_drills(facilitator_token(), print_status, read_timing())
    for silent in statuses.silent:
        print_status(_describe_silent(silent))
    if shape == "json":
        print_output(json.dumps(statuses.answers, indent=1))
        return Exit.HELD
    if error := statuses.dirty_error():
        raise error
    if not statuses.answers and not statuses.silent:
        print_output("No drill is running.")
        _print_latest()
    if statuses.answers:
        from gameday.terminal.status_report import render_status

        for status in statuses.answers:
            print_output(render_status(status, "faults" in status))
    return Exit.HELD


def _describe_silent(silent: SilentDrill) -> str:
    if silent.guarded:
        return f"{silent.drill}: the runner does not respond; its guardian reverts all faults."
    return f"{silent.drill}: neither runner nor guardian responds. Revert its faults: gameday halt"


def _print_latest() -> None:
    """Print the outcome of the latest drill: its terminal may have been closed."""
    from gameday.scorecards.scorecard_text import ending
    from gameday.units import format_duration

    try:
        latest = latest_drill()
    except Refused as refused:
        print_status(str(refused))
        return
    if latest is None:
        return
    card = latest.scorecard
    why = f" ({card.reasons[0]})" if card.exit == Exit.HALTED and card.reasons else ""
    ago = format_duration(round(latest.seconds_ago))
    more = f"gameday show {latest.drill}, gameday review {latest.drill}"
    print_output(f"The latest drill, {latest.drill}, ended {ago} ago: {ending(card)}{why}. More: {more}")
