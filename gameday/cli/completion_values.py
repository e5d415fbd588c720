"""Values that a shell completes: drills, running drills, environments, scenarios. Never fails, prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completer(list_values: Callable[[str], Iterable[str]], *, files: bool = False) -> Completer:
    """Return a completer of the values that start with what is typed; `files`: else the shell completes a path."""

    def complete(_context: click.Context, _parameter: click.Parameter, typed: str) -> list[CompletionItem]:
        try:
            values = [value for value in list_values(typed) if value.startswith(typed)]
        except Exception:
            values = []  # a broken file or store: the command itself reports it
        fallback = [CompletionItem(typed, type="file")] if files else []
        return [CompletionItem(value) for value in values] or fallback

    return complete


def _recorded_drills(_typed: str) -> Iterable[str]:
    """Return the recorded drills, the latest first."""
    from gameday.store.open import open_read_only

    store = open_read_only()
    return reversed(store.drills()) if store else ()


def _running_drills(_typed: str) -> Iterable[str]:
    from gameday.drill.control.drill_registry import list_registered

    return [running.drill for running in list_registered()]


def _environments(_typed: str) -> Iterable[str]:
    from gameday.files.project import DEMO, find_project, read_project

    path = find_project()
    return [*(sorted(read_project(path).environments) if path else ()), DEMO]


def _scenarios(typed: str) -> Iterable[str]:
    """Return the shipped names, and the YAML files and folders that the typed path leads to."""
    from gameday.files.scenario_library import list_library

    return [*list_library(), *_paths(typed)]


def _paths(typed: str) -> Iterable[str]:
    folder, _, _ = typed.rpartition("/")
    prefix = f"{folder}/" if "/" in typed else ""
    for path in sorted(Path(prefix or ".").iterdir()):
        if path.suffix in (".yaml", ".yml") and path.is_file():
            yield f"{prefix}{path.name}"
        elif path.is_dir() and not path.name.startswith("."):
            yield f"{prefix}{path.name}/"


def _drills_and_scenarios(typed: str) -> Iterable[str]:
    return [*_recorded_drills(typed), *_scenarios(typed)]


complete_drill = _completer(_recorded_drills)
complete_running_drill = _completer(_running_drills)
complete_environment = _completer(_environments)
complete_scenario = _completer(_scenarios, files=True)
complete_drill_or_scenario = _completer(_drills_and_scenarios, files=True)
