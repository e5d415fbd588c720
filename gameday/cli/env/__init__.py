"""`gameday env bind`: bind what a scenario needs and an environment lacks."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.command_groups import CommandGroup
from gameday.cli.completion_values import complete_environment, complete_scenario
from gameday.cli.drill_signals import NOTHING_WRITTEN, announce_interrupt
from gameday.cli.output import print_output
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit, InvalidFiles

if TYPE_CHECKING:
    from gameday.files.missing_bindings import MissingBinding
    from gameday.files.project_editor import ProjectEditor


@click.group("env", cls=CommandGroup)
def command() -> None:
    """Change the environments of gameday.yaml."""


@command.command()
@click.argument("file", shell_complete=complete_scenario)
@click.option("--env", "env", metavar="NAME", help="The environment; default: default_env of gameday.yaml.",
              shell_complete=complete_environment)  # fmt: skip
@variable_option
def bind(file: str, env: str | None) -> Exit:
    """Ask for the bindings that scenario FILE is missing, test each answer, add them to gameday.yaml."""
    from gameday.cli.env.bind_session import bind_missing
    from gameday.cli.prompts import InputExhausted, require_writable_folder
    from gameday.files.project_editor import open_project_editor

    scenario, editor = _find_scenario(file), open_project_editor(env)
    missing = _find_missing(scenario, editor)
    if not missing:
        return _finish(scenario, editor)
    optional = sum(not binding.needed for binding in missing)
    note = f", {optional} of them optional" if optional else ""
    count = f"{len(missing)} binding{'' if len(missing) == 1 else 's'}"
    print_output(f"{file} lacks {count} in {editor.name} ({editor.path}){note}.")
    print_output("Press Enter for the default in brackets, - to skip, Ctrl-C to change nothing.")
    require_writable_folder(editor.path.parent)
    try:
        with announce_interrupt(NOTHING_WRITTEN):
            extended = bind_missing(missing, editor)
    except InputExhausted:
        return _finish(scenario, editor, "The input ended, and nothing was written. ")
    _write(editor, extended)
    return _finish(scenario, extended)


def _find_scenario(file: str) -> Path:
    from gameday.files.scenario_library import find_scenario

    return find_scenario(file)


def _find_missing(scenario: Path, editor: ProjectEditor) -> tuple[MissingBinding, ...]:
    from gameday.app.scenario_selection import fault_kinds
    from gameday.files.missing_bindings import find_missing, read_unbound_scenario
    from gameday.files.yaml_document import read_document

    document = read_document(scenario)
    return find_missing(document, read_unbound_scenario(document, fault_kinds()), editor.environment)


def _write(editor: ProjectEditor, extended: ProjectEditor) -> None:
    """Write the file; if that fails, print the new lines, so that no answer is lost."""
    new = [line[2:] for line in difflib.ndiff(editor.text.splitlines(), extended.text.splitlines()) if line[:2] == "+ "]
    if not new:
        return
    print_output("")
    try:
        extended.write()
    except BadArguments:
        print_output("Lines to add by hand:")
        for line in new:
            print_output(line)
        raise
    print_output(
        f"{extended.path}: {len(new)} {'line' if len(new) == 1 else 'lines'} added or changed, the rest is unchanged."
    )


def _finish(scenario: Path, editor: ProjectEditor, reason: str = "") -> Exit:
    """Report what is still missing or does not fit. Raises BadArguments if a drill could not start."""
    missing = _find_missing(scenario, editor)
    required = [str(binding) for binding in missing if binding.needed]
    optional = [str(binding) for binding in missing if not binding.needed]
    if required:
        raise BadArguments(f"{reason}{scenario} lacks in {editor.name}:", "\n  ".join([*required, *optional]))
    _require_fit(scenario, editor)
    for binding in optional:
        print_output(f"optional: {binding}")
    print_output(f"{reason}{editor.name} has everything that {scenario} needs.")
    print_output(f"next: gameday plan {scenario} --env {editor.name}")
    return Exit.HELD


def _require_fit(scenario: Path, editor: ProjectEditor) -> None:
    """Raise InvalidFiles for bindings that do not fit: a signal of another kind, a fault not allowed."""
    from gameday.app.scenario_selection import fault_kinds
    from gameday.files.check import check_files

    if problems := check_files([scenario], editor.environment, fault_kinds()):
        raise InvalidFiles(problems)
