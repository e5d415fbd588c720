"""`gameday env bind`: bind what a scenario lacks in an environment, asking for that alone."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_output
from gameday.errors import BadArguments, Exit, InvalidFiles

if TYPE_CHECKING:
    from gameday.files.missing_bindings import MissingBinding
    from gameday.files.project_editor import ProjectEditor


@click.group("env")
def command() -> None:
    """Work on the environments of gameday.yaml."""


@command.command()
@click.argument("file")
@click.option("--env", "env", metavar="NAME", help="The environment; default: default_env of gameday.yaml.")
def bind(file: str, env: str | None) -> Exit:
    """Ask for what the scenario FILE lacks in an environment, try each answer, add it to gameday.yaml."""
    from gameday.cli.env.bind_session import bind_missing
    from gameday.cli.prompts import InputExhausted

    scenario, bound = _found(file), _opened(env)
    lacks = _lacks(scenario, bound)
    if not lacks:
        return _end(scenario, bound)
    more = sum(not lack.needed for lack in lacks)
    better = f", {more} of them only better to have" if more else ""
    print_output(f"{file} lacks {_things(len(lacks))} in {bound.name} ({bound.path}){better}.")
    print_output("Enter takes what stands in brackets; - leaves a thing out; Ctrl-C changes nothing.")
    try:
        grown = bind_missing(lacks, bound)
    except InputExhausted:
        return _end(scenario, bound, "The answers ended, and nothing was written. ")
    _write(bound, grown)
    return _end(scenario, grown)


def _found(file: str) -> Path:
    from gameday.files.scenario_library import find_scenario

    return find_scenario(file)


def _opened(env: str | None) -> ProjectEditor:
    """The environment in the file. Raises BadFiles or BadArguments."""
    from gameday.files.project import DEMO, find_project, read_project
    from gameday.files.project_editor import open_editor

    path = find_project()
    if path is None:
        raise BadArguments("no gameday.yaml is here", "Have one proposed: gameday init --into gameday.yaml")
    name = env or read_project(path).default_env
    if name == DEMO:
        raise BadArguments("the environment demo is built in, and has what it needs", "Name another one with --env.")
    return open_editor(path, name)


def _lacks(scenario: Path, bound: ProjectEditor) -> tuple[MissingBinding, ...]:
    from gameday.app.scenario_selection import fault_kinds
    from gameday.files.missing_bindings import find_missing, read_unbound_scenario
    from gameday.files.yaml_document import read_document

    found = read_document(scenario)
    return find_missing(found, read_unbound_scenario(found, fault_kinds()), bound.environment)


def _write(bound: ProjectEditor, grown: ProjectEditor) -> None:
    """What cannot be written is shown, so that no answer has to be given twice."""
    new = [line[2:] for line in difflib.ndiff(bound.text.splitlines(), grown.text.splitlines()) if line[:2] == "+ "]
    if not new:
        return
    print_output("")
    try:
        grown.write()
    except BadArguments:
        print_output("This was to be added:")
        for line in new:
            print_output(line)
        raise
    print_output(
        f"{grown.path}: {len(new)} {'line' if len(new) == 1 else 'lines'} added or made longer, the rest is as it was."
    )


def _end(scenario: Path, bound: ProjectEditor, because: str = "") -> Exit:
    """What is still lacking, or does not fit. Raises BadArguments where a drill could not begin."""
    lacks = _lacks(scenario, bound)
    needed = [str(lack) for lack in lacks if lack.needed]
    better = [str(lack) for lack in lacks if not lack.needed]
    if needed:
        raise BadArguments(f"{because}{scenario} lacks in {bound.name}:", "\n  ".join([*needed, *better]))
    _fits(scenario, bound)
    for one in better:
        print_output(f"only better to have: {one}")
    print_output(f"{because}Nothing that {scenario} needs is lacking in {bound.name}.")
    print_output(f"next: gameday plan {scenario} --env {bound.name}")
    return Exit.HELD


def _fits(scenario: Path, bound: ProjectEditor) -> None:
    """What is there, and is another thing than the scenario means: a signal of another kind, a fault not allowed."""
    from gameday.app.scenario_selection import fault_kinds
    from gameday.files.check import check_files

    if problems := check_files([scenario], bound.environment, fault_kinds()):
        raise InvalidFiles(problems)


def _things(number: int) -> str:
    return "1 thing" if number == 1 else f"{number} things"
