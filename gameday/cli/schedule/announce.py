"""`gameday schedule announce`: one message per channel about the coming drills."""

from __future__ import annotations

import time

import click

from gameday.cli.argument_types import WholeNumber
from gameday.cli.output import print_output
from gameday.cli.variable_option import variable_option
from gameday.errors import Exit


@click.command()
@click.option("--days", type=WholeNumber(1, 92), default=7, show_default=True, help="Days that are announced.")
@variable_option
def announce(days: int) -> Exit:
    """Announce the coming drills of all schedules, in one message per channel. Run it once a week.

    Each environment's channels that send announcements get its drills: when, with people or without, and how long, but
    not the scenario. Exit code 3 if a message could not be sent.
    """
    from gameday.app.schedule_announcement import announce_schedules
    from gameday.app.schedules import load_schedules

    announced = announce_schedules(load_schedules(), time.time(), days)
    if not announced:
        print_output(f"no drill in the next {days} days: nothing was sent")
    for each in announced:
        print_output(each.text)
        for channel, failure in each.failures.items():
            print_output(f"  {channel}: {failure or 'sent'}")
        if not each.failures:
            print_output(f"  {each.environment} has no channel that sends announcements: nothing was sent")
    is_sent = all(each.failures and not any(each.failures.values()) for each in announced)
    return Exit.HELD if is_sent else Exit.REFUSED
