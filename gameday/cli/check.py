"""`gameday check`: every problem of every file at once."""

from __future__ import annotations

import contextlib
import gc
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.errors import BadArguments, BadFiles, Exit, GamedayError, Refused

if TYPE_CHECKING:
    from gameday.model import Environment, Json


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--env", "env", metavar="NAME", help="Hold scenarios against this environment too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--story", is_flag=True, help="Tell each scenario as an afternoon. For the facilitator: it spoils.")
def command(files: tuple[str, ...], env: str | None, form: str, story: bool) -> Exit:
    """Report every problem of scenarios, gameday.yaml and rosters, each as file:line:column."""
    from gameday.files.check import check

    gc.set_threshold(100_000)  # nodes and marks hold no cycles: looking for some takes a fifth of the time
    if story and form == "json":
        raise BadArguments("a story is told as text", "Leave --format json out")
    paths, held_against = [_path(name) for name in files], environment(env) if env else None
    problems = check(paths, held_against, fault_kinds())
    if form == "json":
        click.echo(json.dumps([asdict(problem) for problem in problems], indent=2, ensure_ascii=False))
        return Exit.BAD_INPUT if problems else Exit.HELD
    if problems:
        raise BadFiles(problems)
    if story:
        _tell(paths, held_against)
        return Exit.HELD
    click.echo(f"{len(files)} {'file' if len(files) == 1 else 'files'}, no problems")
    return Exit.HELD


def _tell(paths: Sequence[Path], held_against: Environment | None) -> None:
    from gameday.cli.say import out
    from gameday.cli.story import stories

    for line in stories(paths, held_against):
        out(line)


def _path(name: str) -> Path:
    """The file, or the shipped scenario of that name; one that is nowhere is a problem among the others."""
    from gameday.files.lookup import find_scenario

    try:
        return find_scenario(name)
    except GamedayError:
        return Path(name)


def environment(name: str) -> Environment:
    """The environment of that name in gameday.yaml, or the built-in demo. Raises BadArguments."""
    from gameday.files.project import find_project, read_project
    from gameday.files.shape import one_of, suggest

    file = find_project()
    known = dict(read_project(file).environments) if file else {}
    if name in known:
        return known[name]
    if name == "demo":
        return _demo()
    names = [*known, "demo"]
    raise BadArguments(f"no environment {name!r}", suggest(name, names) or one_of(names))


def _demo() -> Environment:
    """What the built-in demo has, whether it is up or not: names do not wait for addresses."""
    from gameday.demo.environment import environment_yaml
    from gameday.demo.record import Demo, home_of
    from gameday.files.project import parse_project
    from gameday.files.rules_project import BUILT_IN

    return parse_project(environment_yaml(Demo(home_of(), password="")), BUILT_IN).environments["demo"]


def fault_kinds() -> dict[str, Callable[[Mapping[str, Json]], object]]:
    """Every kind that an injector here can do, with the reader of its parameters: which injector it will be, only an
    environment says."""
    from gameday.drill.registry import Registry

    found: dict[str, list[Callable[[Mapping[str, Json]], object]]] = {}
    registry = Registry()
    for name in registry.names():
        with contextlib.suppress(Refused):  # `gameday doctor` tells of an injector that cannot be loaded
            for kind, params in registry[name].kinds.items():
                found.setdefault(kind, []).append(params.read)
    return {kind: partial(_read_by_any, readers) for kind, readers in found.items()}


def _read_by_any(readers: Sequence[Callable[[Mapping[str, Json]], object]], raw: Mapping[str, Json]) -> object:
    """What one of them can read may stand there. Raises ParamProblem, the last one's, when none can."""
    from gameday.contract import ParamProblem

    *others, last = readers
    for read in others:
        with contextlib.suppress(ParamProblem):
            return read(raw)
    return last(raw)
