"""Values that a shell completes: drills, running drills, environments, scenarios. Never fails, prints nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

YAML_SUFFIXES = (".yaml", ".yml")
MAX_HEAD_CHARACTERS = 20_000
"""Enough of a file to tell whether it is a scenario."""
_PARTS = re.compile(r"^(?:faults|hypothesis):", re.MULTILINE)
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
    """Return the shipped names, and the scenarios that the typed path leads to, with the folders that have some."""
    from gameday.files.scenario_library import list_library

    return [*list_library(), *_paths(typed, _is_scenario)]


def _checkable_files(typed: str) -> Iterable[str]:
    """Return what `gameday check` takes: scenarios, and any YAML file."""
    from gameday.files.scenario_library import list_library

    return [*list_library(), *_paths(typed, lambda path: path.suffix in YAML_SUFFIXES)]


def _paths(typed: str, fits: Callable[[Path], bool]) -> Iterable[str]:
    """Yield the files that fit, and the folders in which one lies, of the folder that is typed."""
    folder, _, _ = typed.rpartition("/")
    prefix = f"{folder}/" if "/" in typed else ""
    for path in sorted(Path(prefix or ".").iterdir()):
        if path.is_file() and fits(path):
            yield f"{prefix}{path.name}"
        elif path.is_dir() and not path.name.startswith(".") and any(map(fits, _list_files(path))):
            yield f"{prefix}{path.name}/"


def _list_files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:  # a folder of another user
        return []


def _is_scenario(path: Path) -> bool:
    """Return True if the file looks like a scenario; `gameday check` says what is wrong with it."""
    if path.suffix not in YAML_SUFFIXES:
        return False
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(MAX_HEAD_CHARACTERS)
    except OSError:
        return False
    return re.search(r"^gameday:", head, re.MULTILINE) is not None and _PARTS.search(head) is not None


def _actions(_typed: str) -> Iterable[str]:
    """Return the actions of the only running drill."""
    from gameday.app.running_drills import select_running_drill
    from gameday.drill.control.client import DrillClient

    running = select_running_drill(None)
    return DrillClient(running.drill, running.socket_path).list_actions()


def _drills_and_scenarios(typed: str) -> Iterable[str]:
    return [*_recorded_drills(typed), *_scenarios(typed)]


def _schedules(_typed: str) -> Iterable[str]:
    from gameday.app.schedules import load_schedules

    return load_schedules().schedules


complete_drill = _completer(_recorded_drills)
complete_running_drill = _completer(_running_drills)
complete_environment = _completer(_environments)
complete_scenario = _completer(_scenarios, files=True)
complete_checkable_file = _completer(_checkable_files, files=True)
complete_action = _completer(_actions)
complete_drill_or_scenario = _completer(_drills_and_scenarios, files=True)
complete_schedule = _completer(_schedules)
