"""`gameday check`: every problem of every file at once."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gameday.cli.completion_values import complete_checkable_file, complete_environment
from gameday.cli.json_output import format_option, print_document
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit, InvalidFiles

if TYPE_CHECKING:
    from gameday.errors import Problem
    from gameday.model import Environment


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", shell_complete=complete_checkable_file)
@click.option("--env", "env", metavar="NAME", help="Also check that scenarios fit this environment.",
              shell_complete=complete_environment)  # fmt: skip
@format_option
@click.option("--story", is_flag=True, help="Show each scenario as a timeline, with spoilers, for the facilitator.")
@variable_option
def command(files: tuple[str, ...], env: str | None, as_json: bool, story: bool) -> Exit:
    """Report every problem of scenarios, gameday.yaml and rosters, each as file:line:column."""
    from gameday.app.environment_selection import read_environment
    from gameday.app.scenario_selection import check_scenarios

    gc.set_threshold(100_000)  # nodes and marks hold no cycles: searching for some takes a fifth of the time
    if story and as_json:
        raise BadArguments("--story is text only", "Remove --format json")
    environment: Environment | None = None
    problems: list[Problem] = []
    try:
        environment = read_environment(env) if env else None
    except InvalidFiles as invalid:  # the scenarios' own problems need no environment
        problems += invalid.problems
    problems += [problem for problem in check_scenarios(files, environment) if problem not in problems]
    if as_json:
        _print_documents(problems)
        return Exit.BAD_INPUT if problems else Exit.HELD
    if problems:
        raise InvalidFiles(problems)
    if story:
        _print_stories(files, environment)
        return Exit.HELD
    click.echo(f"{len(files)} {'file' if len(files) == 1 else 'files'}, no problems")
    return Exit.HELD


def _print_documents(problems: Sequence[Problem]) -> None:
    from gameday.cli.json_documents import ProblemDocument

    print_document(
        ProblemDocument(
            file=problem.file, line=problem.line, column=problem.column, wrong=problem.wrong,
            suggestion=problem.suggestion,
        )
        for problem in problems
    )  # fmt: skip


def _print_stories(files: Sequence[str], environment: Environment | None) -> None:
    from gameday.app.scenario_selection import scenario_paths
    from gameday.app.spoilers import require_no_drill
    from gameday.cli.check_story import render_previews
    from gameday.cli.output import print_output
    from gameday.cli.own_finished_drills import facilitator_token

    require_no_drill(facilitator_token())
    for line in render_previews(scenario_paths(files), environment):
        print_output(line)
