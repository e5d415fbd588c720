"""`gameday rotation`: the roles of the drills that come, swaps, and declined drills."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.argument_types import WholeNumber
from gameday.cli.command_groups import CommandGroup
from gameday.cli.completion_values import complete_scenario
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_result, print_status
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.app.rotation import PlannedDrill

MAX_WEEKS = 104
_roster_option = click.option("--roster", type=click.Path(path_type=Path),
                              help="Roster file. Default: the roster of gameday.yaml.")  # fmt: skip
_weeks_option = click.option("--weeks", type=WholeNumber(1, MAX_WEEKS), default=8, show_default=True,
                             help="Weeks to plan.")  # fmt: skip
_on_option = click.option("--on", "day", metavar="DAY", required=True,
                          help="Day of the drill, such as 2026-12-08, in the roster's time zone.")  # fmt: skip


@click.group("rotation", cls=CommandGroup)
def command() -> None:
    """Show whose turn it is in the drills that come, and change it.

    The rotation is that of `gameday run`: with the same people, the next run proposes what the plan announces.
    """


@command.command()
@click.argument("scenario", required=False, default="", shell_complete=complete_scenario)
@_weeks_option
@_roster_option
@click.option("--ics", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write invitations to FILE, for calendars: what it has is updated or cancelled.")  # fmt: skip
@format_option
@variable_option
def plan(scenario: str, weeks: int, roster: Path | None, ics: Path | None, as_json: bool) -> Exit:
    """Plan the roles of the drills with people in schedules.yaml.

    With SCENARIO, or without such a schedule, one drill each week is planned from now on, with the scenario's roles.
    """
    from gameday.app.drill_invitations import write_invitations
    from gameday.app.rotation import find_roster, plan_rotation
    from gameday.cli.rotation_report import plan_documents, plan_lines

    if ics and scenario:
        raise BadArguments("--ics is for the drills in schedules.yaml", "Leave the scenario out")
    now = time.time()
    drills = plan_rotation(find_roster(roster), weeks, now, scenario)
    written = write_invitations(ics, drills, weeks, now) if ics else None
    if as_json:
        print_document(plan_documents(drills))
    else:
        print_result(plan_lines(drills, weeks))
    if written:
        print_status(f"{ics}: {written.planned} invitations, {written.cancelled} cancelled")
    return Exit.HELD


@command.command()
@click.argument("name")
@_weeks_option
@_roster_option
@variable_option
def why(name: str, weeks: int, roster: Path | None) -> Exit:
    """Explain the turns of NAME (a name or an id): last turns, absences, and each drill that is planned."""
    from gameday.app.rotation import find_roster
    from gameday.app.rotation_requests import explain_turns
    from gameday.cli.rotation_report import why_lines

    print_result(why_lines(explain_turns(find_roster(roster), name, weeks, time.time())))
    return Exit.HELD


@command.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@_on_option
@_roster_option
@variable_option
def swap(first: str, second: str, day: str, roster: Path | None) -> Exit:
    """Swap the roles of A and B in the drill of a day; one of them may have none.

    Refused if a rule forbids it: somebody is not available or declines the role, or the mentor is not above the IC.
    """
    from gameday.app.rotation import find_roster
    from gameday.app.rotation_requests import swap_people

    drills = swap_people(find_roster(roster), first, second, day, time.time())
    _print_changed(f"{day}: {first} and {second} swap roles", drills)
    return Exit.HELD


@command.command()
@click.argument("name")
@_on_option
@_roster_option
@variable_option
def decline(name: str, day: str, roster: Path | None) -> Exit:
    """Decline the drill of a day for NAME: no reason is asked for, and no place in the rotation is lost."""
    from gameday.app.rotation import find_roster
    from gameday.app.rotation_requests import decline_drill

    drills = decline_drill(find_roster(roster), name, day, time.time())
    _print_changed(f"{day}: {name} does not take part", drills)
    return Exit.HELD


@command.command()
@click.argument("name")
@_on_option
@_roster_option
@variable_option
def undo(name: str, day: str, roster: Path | None) -> Exit:
    """Undo the swaps and the declined drill of NAME on a day."""
    from gameday.app.rotation import find_roster
    from gameday.app.rotation_requests import undo_changes

    drills = undo_changes(find_roster(roster), name, day, time.time())
    _print_changed(f"{day}: as the rotation has it for {name}", drills)
    return Exit.HELD


def _print_changed(text: str, drills: list[PlannedDrill]) -> None:
    from gameday.cli.rotation_report import drill_lines

    print_output(text)
    if not drills:
        print_output("No drill is planned for that day yet; this holds if one runs then.")
    for drill in drills:
        print_result(drill_lines(drill))
