"""`gameday plan`: roles, schedule, each object that a drill would touch, and what would revert it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gameday.cli.argument_types import WholeNumber
from gameday.cli.completion_values import complete_environment, complete_scenario
from gameday.cli.json_output import format_option, print_document
from gameday.cli.output import print_output, print_status
from gameday.cli.progress import progress
from gameday.cli.variable_option import variable_option
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.people.cast import Cast


@click.command()
@click.argument("file", shell_complete=complete_scenario)
@click.option("--env", "environment", metavar="NAME", shell_complete=complete_environment,
              help="The environment. Default: default_env of gameday.yaml, else demo.")  # fmt: skip
@format_option
@click.option("--seed", type=WholeNumber(0, 2**31 - 1), help="Show what `run` would pick with this seed.")
@variable_option
def command(file: str, environment: str | None, as_json: bool, seed: int | None) -> Exit:
    """Show what `run` would do with FILE. Makes no mutating call."""
    from gameday.app.plan_preview import preview_plan
    from gameday.cli.own_finished_drills import facilitator_token
    from gameday.terminal.plan_report import WIDTH, plan_lines

    with progress("the checks of the file and its targets"):
        preview = preview_plan(file, environment, seed, facilitator_token(), print_status)
    if as_json:
        from gameday.cli.plan_document import plan_document

        print_document(plan_document(preview))
        return Exit.HELD
    print_output(preview.selected.description)
    for note in preview.selected.notes:
        print_status(note)
    for line in plan_lines(preview.plan, preview.intents, preview.warnings, preview.obstacles):
        print_output(line)
    for line in preview.follow_up:
        print_output(f"{'Follow-up':<{WIDTH}}{line}")
    if preview.cast is not None:
        _print_cast(preview.cast)
    return Exit.HELD


def _print_cast(cast: Cast) -> None:
    from gameday.terminal.plan_report import WIDTH

    for role, person in cast.holders():
        print_output(f"{'Role':<{WIDTH}}{role}: {cast.name(person)}")
    for role in cast.assignment.unfilled:
        print_output(f"{'Role':<{WIDTH}}{role}: unfilled")
    for reason in cast.assignment.reasons:
        print_output(f"{'  Reason':<{WIDTH}}{reason}")
    print_output(f"{'  Note':<{WIDTH}}ties are broken at random in each drill")
