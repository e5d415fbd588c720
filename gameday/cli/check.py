"""`gameday check`: every problem of every file at once."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gameday.errors import BadArguments, Exit, InvalidFiles

if TYPE_CHECKING:
    from gameday.model import Environment


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--env", "env", metavar="NAME", help="Check that scenarios fit this environment, too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--story", is_flag=True, help="Show each scenario as a timeline. For the facilitator: it spoils.")
def command(files: tuple[str, ...], env: str | None, form: str, story: bool) -> Exit:
    """Report every problem of scenarios, gameday.yaml and rosters, each as file:line:column."""
    from gameday.app.environment_selection import find_environment
    from gameday.app.scenario_selection import check_scenarios

    gc.set_threshold(100_000)  # nodes and marks hold no cycles: searching for some takes a fifth of the time
    if story and form == "json":
        raise BadArguments("--story is text only", "Remove --format json")
    environment = find_environment(env) if env else None
    problems = check_scenarios(files, environment)
    if form == "json":
        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
        return Exit.BAD_INPUT if problems else Exit.HELD
    if problems:
        raise InvalidFiles(problems)
    if story:
        _print_stories(files, environment)
        return Exit.HELD
    click.echo(f"{len(files)} {'file' if len(files) == 1 else 'files'}, no problems")
    return Exit.HELD


def _print_stories(files: Sequence[str], environment: Environment | None) -> None:
    from gameday.app.scenario_selection import scenario_paths
    from gameday.cli.output import print_output
    from gameday.cli.scenario_preview import stories

    for line in stories(scenario_paths(files), environment):
        print_output(line)
