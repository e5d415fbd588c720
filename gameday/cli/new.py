"""`gameday new`: a first scenario from six questions."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.completion_values import complete_environment
from gameday.cli.drill_signals import NOTHING_WRITTEN, announce_interrupt
from gameday.cli.output import print_output
from gameday.cli.prompts import require_writable_folder
from gameday.cli.variable_option import variable_option
from gameday.errors import BadArguments, Exit, InvalidFiles

if TYPE_CHECKING:
    from gameday.files.rules import Kinds
    from gameday.files.scenario_template import WizardAnswers
    from gameday.files.scenario_wizard import WizardContext


@click.command()
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--env", "env", metavar="NAME", help="Accept only names of this environment.",
              shell_complete=complete_environment)  # fmt: skip
@variable_option
def command(path: str | None, env: str | None) -> Exit:
    """Write a first scenario to PATH from six questions. Never overwrites a file."""
    from gameday.app.environment_selection import read_environment
    from gameday.app.scenario_selection import fault_kinds
    from gameday.files.scenario_template import render_scenario
    from gameday.files.scenario_wizard import load_wizard_context

    if path is not None:
        _require_free(Path(path))
    require_writable_folder(Path(path or "").parent)
    kinds = fault_kinds()
    context = load_wizard_context(read_environment(env), kinds, strict=env is not None)
    with announce_interrupt(NOTHING_WRITTEN):
        answers = _ask_questions(context, kinds)
    file = Path(path) if path is not None else _unused(Path(f"{answers.target}-{answers.fault}.yaml"))
    _write(file, render_scenario(answers))
    _check_and_print(file, context, kinds)
    return Exit.HELD


def _ask_questions(context: WizardContext, kinds: Kinds) -> WizardAnswers:
    from gameday.cli.wizard_prompts import ask_questions
    from gameday.files.scenario_template import find_problems, render_scenario
    from gameday.files.scenario_wizard import default_answers, list_questions, without_unknown_alert

    def check(answers: WizardAnswers) -> str:
        """Check the answers with the rules of a scenario file."""
        problems = find_problems(render_scenario(without_unknown_alert(answers, context)), None, kinds)
        if not problems:
            return ""
        problem = problems[0]
        return f"{problem.wrong} ({problem.suggestion})" if problem.suggestion else problem.wrong

    print_output("Six questions make a first scenario. Press Enter for the default in brackets.")
    print_output("")
    return without_unknown_alert(ask_questions(list_questions(context), default_answers(context), check), context)


def _require_free(path: Path) -> None:
    """Raise BadArguments if the path exists or its folder does not."""
    if not str(path).isprintable():
        raise BadArguments(f"{str(path)[:60]!r} is not a valid file name")
    try:
        exists, has_folder = path.exists() or path.is_symlink(), path.parent.is_dir()
    except OSError as error:
        raise BadArguments(f"{str(path)[:60]!r} is not a valid file name: {error.strerror}") from None
    if path.is_dir():
        raise BadArguments(f"{path} is a folder", f"Use a file in it: gameday new {path / 'first.yaml'}")
    if exists:
        raise BadArguments(f"{path} already exists", f"Use another name: gameday new {_unused(path)}")
    if not has_folder:
        raise BadArguments(f"folder {path.parent}: not found", "Create it, or use another path")


def _unused(path: Path) -> Path:
    """Return the path, or the first with `-2`, `-3`, ... that does not exist."""
    candidate = path
    for number in itertools.count(2):
        if not candidate.exists() and not candidate.is_symlink():
            break
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _write(path: Path, text: str) -> None:
    """Write the whole file or none; a file that was created meanwhile is not overwritten."""
    try:
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(text)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise BadArguments(f"{path} was created meanwhile", "Repeat with another name") from None
    except OSError as error:
        raise BadArguments(f"cannot write {path}: {error.strerror}") from None


def _check_and_print(file: Path, context: WizardContext, kinds: Kinds) -> None:
    """Check the written file, and print its timeline and the next commands."""
    from gameday.app.scenario_selection import preview_scenario
    from gameday.cli.check_story import stdout_glyphs
    from gameday.drill.estimated_schedule import estimate_schedule
    from gameday.files.check import check_files
    from gameday.terminal.scenario_preview import timetable_lines

    if problems := check_files([file], None, kinds):
        raise InvalidFiles(problems)
    missing = check_files([file], context.environment, kinds)
    scenario = preview_scenario(file, None if missing else context.environment)
    for line in (
        "",
        f"Wrote {file}: no problems.",
        "",
        *timetable_lines(scenario, estimate_schedule(scenario), stdout_glyphs()),
    ):
        print_output(line)
    for line in _next_commands(file, context.environment.name, [problem.wrong for problem in missing]):
        print_output(line)


def _next_commands(file: Path, environment: str, missing: list[str]) -> Iterator[str]:
    """Yield what is missing and the next commands; the built-in demo cannot be extended."""
    from gameday.files.project import DEMO

    name, is_editable = shlex.quote(str(file)), environment != DEMO
    todo = [f"gameday env bind {name} --env {environment}"] if missing and is_editable else []
    if missing:
        yield from ("", *dict.fromkeys(missing))
        if not is_editable:
            yield "Bind what is missing in a gameday.yaml (`gameday init` proposes one), then:"
            environment = "NAME"
    todo += [
        f"gameday check --story {name}",
        f"gameday plan {name} --env {environment}",
        f"gameday run {name} --env {environment} --rehearse",
    ]
    yield ""
    for number, line in enumerate(todo):
        yield f"{'      ' if number else 'next: '}{line}"
