"""Scenarios to choose from: the shipped library, and the files of this folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import InvalidFiles

if TYPE_CHECKING:
    from gameday.files.yaml_document import YamlDocument
    from gameday.model import Scenario

LOCAL_FOLDERS = (".", "scenarios")
"""Folders with a team's own scenarios, relative to the current one."""
DRILL_ID = re.compile(r"gd-[0-9a-f]+")


@dataclass(frozen=True, slots=True)
class ScenarioEntry:
    """A scenario and its file. `name` is what `gameday run` takes; `is_local`: it is not shipped."""

    name: str
    path: Path
    is_local: bool
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class ScenarioList:
    """Valid scenarios, local ones first; `invalid` are local files with problems."""

    entries: tuple[ScenarioEntry, ...]
    invalid: tuple[Path, ...]


def list_scenarios() -> ScenarioList:
    """Read the local scenarios and the shipped ones."""
    from gameday.files.scenario_library import list_library

    entries, invalid = list[ScenarioEntry](), list[Path]()
    shipped_files = {path.resolve() for path in list_library().values()}
    for path in _local_files():
        if path.resolve() in shipped_files:
            continue
        try:
            entries.append(ScenarioEntry(str(path), path, True, _read(path)))
        except InvalidFiles:
            invalid.append(path)
    shipped = (ScenarioEntry(name, path, False, _read(path)) for name, path in list_library().items())
    return ScenarioList((*entries, *shipped), tuple(invalid))


def find_entry(name: str) -> ScenarioEntry:
    """Return the scenario at that path or of that name. Raises BadArguments and InvalidFiles."""
    from gameday.files.scenario_library import find_scenario, list_library

    path = find_scenario(name)
    is_local = path not in list_library().values()
    return ScenarioEntry(str(path) if is_local else path.stem, path, is_local, _read(path))


def is_drill_id(name: str) -> bool:
    """Return True if a drill could have this name; a file of that name does not count."""
    return DRILL_ID.fullmatch(name) is not None


def _read(path: Path) -> Scenario:
    from gameday.app.scenario_selection import preview_scenario

    return preview_scenario(path, None)


def _local_files() -> Iterator[Path]:
    from gameday.files.yaml_document import read_document

    for folder in LOCAL_FOLDERS:
        for path in sorted(Path(folder).glob("*.yaml")):
            if path.is_file() and _is_scenario(read_document(path)):
                yield path


def _is_scenario(document: YamlDocument) -> bool:
    """Return True if the file is meant as a scenario: other YAML files lie beside it."""
    data = document.data
    return isinstance(data, dict) and "gameday" in data and bool({"faults", "hypothesis"} & data.keys())
