"""The choice of an environment: by name, else the default of gameday.yaml, else the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments, InvalidFiles, Refused
from gameday.model import Environment
from gameday.suggestions import suggest_word

if TYPE_CHECKING:
    from gameday.files.project import Project


@dataclass(frozen=True, slots=True)
class SelectedEnvironment:
    """An environment and the file that defines it. `demo_home` is set for the built-in demo.

    `notes` are warnings for whoever is about to drill there.
    """

    environment: Environment
    description: str
    roster: Path | None = None
    demo_home: Path | None = None
    on_demand: bool = False
    notes: tuple[str, ...] = ()


def read_environment(name: str | None) -> Environment:
    """Return the environment from its file alone: no engine is asked, and the demo may be down."""
    from gameday.demo.demo_record import Demo, demo_home
    from gameday.demo.environment import environment_yaml
    from gameday.files.project import DEMO, parse_project
    from gameday.files.rules.project import BUILT_IN

    project, wanted = _resolve_name(name)
    if project is not None and wanted in project.environments:
        return project.environments[wanted]
    return parse_project(environment_yaml(Demo(demo_home(), password="")), BUILT_IN).environments[DEMO]


def select_environment(
    name: str | None, report: Callable[[str], None], *, start_demo: bool, need_variables: bool = True
) -> SelectedEnvironment:
    """Return the environment to drill in, with the demo running. Raises BadArguments and Refused.

    Without `need_variables`, variables that only signals, actions and credentials use may be unset."""
    project, wanted = _resolve_name(name)
    if project is not None and wanted in project.environments:
        from gameday.drill.injector_registry import InjectorRegistry
        from gameday.drill.production_guard import refuse_aliased_production

        if need_variables and project.unset.get(wanted):
            raise InvalidFiles(project.unset[wanted])
        environment = project.environments[wanted]
        notes = refuse_aliased_production(project, environment, InjectorRegistry())
        return SelectedEnvironment(environment, f"environment {wanted} ({project.path})", project.roster, notes=notes)
    return _select_demo(report, start=start_demo)


def _resolve_name(name: str | None) -> tuple[Project | None, str]:
    """Return the project file, if there is one, and the name of the environment. Raises BadArguments."""
    from gameday.files.project import DEMO, find_project, read_project

    path = find_project()
    project = read_project(path) if path else None
    wanted = name or (project.default_env if project else "") or DEMO
    if wanted == DEMO or (project is not None and wanted in project.environments):
        return project, wanted
    if project is None:
        wrong = f"environment {wanted!r}: not found. There is no gameday.yaml here, so only the demo is available"
        raise BadArguments(wrong, suggest_word(wanted, [DEMO]) or f"Known environment: {DEMO}")
    names = sorted({*project.environments, DEMO})
    todo = suggest_word(wanted, names) or f"Known environments: {', '.join(names)}"
    raise BadArguments(f"environment {wanted!r}: not found in {project.path}", todo)


def _select_demo(report: Callable[[str], None], *, start: bool) -> SelectedEnvironment:
    from gameday.demo.demo_record import demo_home, load
    from gameday.demo.environment import environment_yaml
    from gameday.demo.lifecycle import is_healthy, start_demo
    from gameday.files.project import parse_project
    from gameday.files.rules.project import BUILT_IN

    home = demo_home()
    demo = load(home)
    if start:
        demo = start_demo(home, on_demand=True, say=report)
    elif demo is None or not is_healthy(demo):
        raise DemoNotRunning
    project = parse_project(environment_yaml(demo), BUILT_IN)
    return SelectedEnvironment(project.environments["demo"], "environment demo (built in)", None, home, demo.on_demand)


class DemoNotRunning(Refused):
    """The demo is the environment, and it is not running."""

    def __init__(self) -> None:
        super().__init__("the demo is not running", "Start it: gameday demo up")


def stop_on_demand_demo(selected: SelectedEnvironment) -> None:
    """Stop an on-demand demo, unless a drill still uses it: another one, or this one's guardian."""
    if selected.demo_home is None or not selected.on_demand:
        return
    from gameday.demo.lifecycle import stop_if_unused
    from gameday.drill.control.drill_registry import list_registered

    if not any(note.place == str(selected.demo_home) for note in list_registered()):
        stop_if_unused(selected.demo_home)
