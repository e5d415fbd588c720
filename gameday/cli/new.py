"""`gameday new`: a first scenario from six questions."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.output import print_output
from gameday.errors import BadArguments, Exit, InvalidFiles

if TYPE_CHECKING:
    from gameday.files.rules import Kinds
    from gameday.files.scenario_template import WizardAnswers
    from gameday.files.scenario_wizard import WizardContext


@click.command()
@click.argument("path", required=False, metavar="[PATH]")
@click.option("--env", "env", metavar="NAME", help="Take no name that this environment does not have.")
def command(path: str | None, env: str | None) -> Exit:
    """Write a first scenario to PATH, from six questions. No file is ever overwritten."""
    from gameday.app.environment_selection import find_environment
    from gameday.app.scenario_selection import fault_kinds
    from gameday.files.scenario_template import render_scenario
    from gameday.files.scenario_wizard import wizard_context

    if path is not None:
        _free(Path(path))
    kinds = fault_kinds()
    here = wizard_context(find_environment(env), kinds, strict=env is not None)
    given = _asked(here, kinds)
    file = Path(path) if path is not None else _unused(Path(f"{given.target}-{given.fault}.yaml"))
    _write(file, render_scenario(given))
    _read_back(file, here, kinds)
    return Exit.HELD


def _asked(here: WizardContext, kinds: Kinds) -> WizardAnswers:
    from gameday.cli.wizard_prompts import ask_questions
    from gameday.files.scenario_template import problems_of, render_scenario
    from gameday.files.scenario_wizard import default_answers, questions, without_unknown_alert

    def against(given: WizardAnswers) -> str:
        """As a file would be held against the same rules."""
        problems = problems_of(render_scenario(without_unknown_alert(given, here)), None, kinds)
        return next((f"{one.wrong} ({one.suggestion})" if one.suggestion else one.wrong for one in problems), "")

    print_output("Six questions make a first scenario. Enter takes what stands in brackets.")
    print_output("")
    return without_unknown_alert(ask_questions(questions(here), default_answers(here), against), here)


def _free(path: Path) -> None:
    """Nothing is there, and its folder is. Raises BadArguments."""
    if not str(path).isprintable():
        raise BadArguments(f"{str(path)[:60]!r} cannot be a file's name")
    try:
        taken, folder = path.exists() or path.is_symlink(), path.parent.is_dir()
    except OSError as error:
        raise BadArguments(f"{str(path)[:60]!r} cannot be a file's name: {error.strerror}") from None
    if path.is_dir():
        raise BadArguments(f"{path} is a folder", f"Name a file in it: gameday new {path / 'first.yaml'}")
    if taken:
        raise BadArguments(f"{path} is there already, and is left as it is", f"Free is: gameday new {_unused(path)}")
    if not folder:
        raise BadArguments(f"there is no folder {path.parent}", "Make it first, or write elsewhere")


def _unused(path: Path) -> Path:
    """The path itself, or the first of `-2`, `-3`, ... that is free."""
    tried = path
    for number in itertools.count(2):
        if not tried.exists() and not tried.is_symlink():
            break
        tried = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return tried


def _write(path: Path, text: str) -> None:
    """All of it, or no file: somebody else's, made while we asked, is left as it is."""
    try:
        with path.open("x", encoding="utf-8") as file:
            try:
                file.write(text)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise BadArguments(f"{path} is there by now, and is left as it is", "Ask again with another name") from None
    except OSError as error:
        raise BadArguments(f"{path} cannot be written: {error.strerror}") from None


def _read_back(file: Path, here: WizardContext, kinds: Kinds) -> None:
    """What was written, checked as a file and told, and what to do next."""
    from gameday.app.scenario_selection import preview_scenario
    from gameday.cli.scenario_preview import stdout_glyphs
    from gameday.drill.estimated_schedule import estimate_schedule
    from gameday.files.check import check_files
    from gameday.terminal.scenario_preview import timetable_lines

    if problems := check_files([file], None, kinds):
        raise InvalidFiles(problems)
    lacks = check_files([file], here.environment, kinds)
    scenario = preview_scenario(file, None if lacks else here.environment)
    for line in (
        "",
        f"{file} is written, and has no problems.",
        "",
        *timetable_lines(scenario, estimate_schedule(scenario), stdout_glyphs()),
    ):
        print_output(line)
    for line in _next(file, here.environment.name, [problem.wrong for problem in lacks]):
        print_output(line)


def _next(file: Path, environment: str, lacks: list[str]) -> Iterator[str]:
    """What the built-in demo lacks, it cannot be given: another environment has to be named."""
    from gameday.files.project import DEMO

    name, given = shlex.quote(str(file)), environment != DEMO
    todo = [f"gameday env bind {name} --env {environment}"] if lacks and given else []
    if lacks:
        yield from ("", *dict.fromkeys(lacks))
        if not given:
            yield "Bind what it lacks in a gameday.yaml (`gameday init` proposes one); then:"
            environment = "NAME"
    todo += [
        f"gameday check --story {name}",
        f"gameday plan {name} --env {environment}",
        f"gameday run {name} --env {environment} --rehearse",
    ]
    yield ""
    for number, line in enumerate(todo):
        yield f"{'      ' if number else 'next: '}{line}"
