"""`gameday check`: every problem of every file at once."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.errors import BadArguments, Exit, GamedayError, InvalidFiles

if TYPE_CHECKING:
    from gameday.files.rules.faults import Kinds
    from gameday.model import Environment, Scenario


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--env", "env", metavar="NAME", help="Hold scenarios against this environment too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--story", is_flag=True, help="Tell each scenario as an afternoon. For the facilitator: it spoils.")
def command(files: tuple[str, ...], env: str | None, form: str, story: bool) -> Exit:
    """Report every problem of scenarios, gameday.yaml and rosters, each as file:line:column."""
    from gameday.app.environment_selection import find_environment
    from gameday.files.check import check_files

    gc.set_threshold(100_000)  # nodes and marks hold no cycles: looking for some takes a fifth of the time
    if story and form == "json":
        raise BadArguments("a story is told as text", "Leave --format json out")
    paths, held_against = [_path(name) for name in files], find_environment(env) if env else None
    problems = check_files(paths, held_against, fault_kinds())
    if form == "json":
        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
        return Exit.BAD_INPUT if problems else Exit.HELD
    if problems:
        raise InvalidFiles(problems)
    if story:
        _tell(paths, held_against)
        return Exit.HELD
    click.echo(f"{len(files)} {'file' if len(files) == 1 else 'files'}, no problems")
    return Exit.HELD


def _tell(paths: Sequence[Path], held_against: Environment | None) -> None:
    from gameday.cli.output import print_output
    from gameday.cli.scenario_preview import stories

    for line in stories(paths, held_against):
        print_output(line)


def _path(name: str) -> Path:
    """The file, or the shipped scenario of that name; one that is nowhere is a problem among the others."""
    from gameday.files.scenario_library import find_scenario

    try:
        return find_scenario(name)
    except GamedayError:
        return Path(name)


def read_for(file: str, environment: Environment) -> Scenario:
    """The scenario, or the shipped one of that name, which can be played there. Raises BadFiles and Refused."""
    from gameday.files.scenario import scenario_in
    from gameday.files.scenario_library import find_scenario

    return scenario_in(find_scenario(file), environment, fault_kinds())


def fault_kinds() -> Kinds:
    """Return the kinds of every installed injector; each is imported when its kinds are needed."""
    from gameday.drill.injector_registry import InstalledKinds

    return InstalledKinds()
