"""Which environment, from which file: never a guess, always printed first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments
from gameday.model import Environment

if TYPE_CHECKING:
    from gameday.drill.injector_registry import Registry
    from gameday.drill.runner import Runner
    from gameday.drill.view import View
    from gameday.files.project import Project
    from gameday.model import Plan
    from gameday.store.paths import DataFolder
    from gameday.store.protocols import DrillStore
    from gameday.timing import Timing


@dataclass(frozen=True, slots=True)
class SelectedEnvironment:
    """The environment and the file it stands in; `roster` may be None. `demo_home` when it is the built-in demo.
    `notes`: what could not be made sure of, for whoever is about to drill there."""

    environment: Environment
    description: str
    roster: Path | None = None
    demo_home: Path | None = None
    on_demand: bool = False
    notes: tuple[str, ...] = ()


def find_environment(name: str | None) -> Environment:
    """What `find_where` finds, by its names alone: no engine is asked, and the demo need not be up."""
    from gameday.demo.demo_record import Demo, demo_home
    from gameday.demo.environment import environment_yaml
    from gameday.files.project import DEMO, parse_project
    from gameday.files.rules.project import BUILT_IN

    project, wanted = _named(name)
    if project is not None and wanted in project.environments:
        return project.environments[wanted]
    return parse_project(environment_yaml(Demo(demo_home(), password="")), BUILT_IN).environments[DEMO]


def select_environment(name: str | None, say: Callable[[str], None], *, start_demo: bool) -> SelectedEnvironment:
    """`--env`, else `default_env` of gameday.yaml, else the demo."""
    project, wanted = _named(name)
    if project is not None and wanted in project.environments:
        from gameday.drill.injector_registry import Registry
        from gameday.drill.production_guard import refuse_aliased_production

        environment = project.environments[wanted]
        notes = refuse_aliased_production(project, environment, Registry())
        return SelectedEnvironment(environment, f"environment {wanted} ({project.path})", project.roster, notes=notes)
    return _demo(say, start=start_demo)


def _named(name: str | None) -> tuple[Project | None, str]:
    """The file that is here, and which environment of it is meant, or the demo. Raises BadArguments."""
    from gameday.files.project import DEMO, find_project, read_project

    path = find_project()
    project = read_project(path) if path else None
    wanted = name or (project.default_env if project else "") or DEMO
    if wanted == DEMO or (project is not None and wanted in project.environments):
        return project, wanted
    if project is None:
        wrong = f"no environment {wanted!r}: there is only the built-in demo; no gameday.yaml is here"
        raise BadArguments(wrong, _did_you_mean(wanted, [DEMO]) or "Say: --env demo")
    there = sorted({*project.environments, DEMO})
    todo = _did_you_mean(wanted, there) or f"Name one with --env; there are: {', '.join(there)}"
    raise BadArguments(f"no environment {wanted!r} in {project.path}", todo)


def _did_you_mean(wanted: str, there: list[str]) -> str:
    """What may have been meant; empty when no name is near."""
    from gameday.files.schema_validation import did_you_mean

    meant = did_you_mean(wanted, there)
    return meant[:1].upper() + meant[1:]


def _demo(say: Callable[[str], None], *, start: bool) -> SelectedEnvironment:
    from gameday.demo.demo_record import demo_home, load
    from gameday.demo.environment import environment_yaml
    from gameday.demo.lifecycle import is_healthy, start_demo
    from gameday.files.project import parse_project
    from gameday.files.rules.project import BUILT_IN

    home = demo_home()
    demo = load(home)
    if start:
        demo = start_demo(home, on_demand=True, say=say)
    elif demo is None or not is_healthy(demo):
        raise BadArguments("the demo is not up", "Start it: gameday demo up")
    project = parse_project(environment_yaml(demo), BUILT_IN)
    return SelectedEnvironment(project.environments["demo"], "environment demo (built in)", None, home, demo.on_demand)


def create_runner(
    plan: Plan,
    where: SelectedEnvironment,
    store: DrillStore,
    folder: DataFolder,
    *,
    injectors: Registry,
    view: View,
    token: str,
    timing: Timing,
) -> Runner:
    """The runner of a drill there. A demo that was started for it goes down also when this process is gone."""
    from gameday.clock import SystemClock
    from gameday.drill.runner import Runner

    return Runner(
        plan, store=store, folder=folder, injectors=injectors, view=view, clock=SystemClock(), facilitators_token=token,
        afterwards=_demo_down(where) if where.on_demand else (), place=str(where.demo_home or ""),
        timing=timing,
    )  # fmt: skip


def _demo_down(where: SelectedEnvironment) -> tuple[str, ...]:
    return (sys.executable, "-m", "gameday.demo.stop", str(where.demo_home))


def stop_demo(where: SelectedEnvironment) -> None:
    """Unless a drill is still at it: another one's, or this one's when its guardian has more to put back."""
    if where.demo_home is None or not where.on_demand:
        return
    from gameday.demo.lifecycle import stop_if_unused
    from gameday.drill.control.running_drills import list_running

    if not any(note.place == str(where.demo_home) for note in list_running()):
        stop_if_unused(where.demo_home)
