"""Scenarios: read for an environment, checked, or drawn blind for one responder."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments, GamedayError

if TYPE_CHECKING:
    from gameday.errors import Problem
    from gameday.files.rules.faults import Kinds
    from gameday.model import Environment, Scenario


@dataclass(frozen=True, slots=True)
class DrawnScenario:
    """A scenario drawn at random. It is blind if it was drawn from several."""

    path: Path
    candidate_count: int

    @property
    def is_blind(self) -> bool:
        return self.candidate_count > 1


def read_scenario(file: str, environment: Environment, day: date | None = None) -> Scenario:
    """Return a scenario (a path, or a name in the library) that fits the environment, and is approved for the day.

    Raises InvalidFiles and Refused.
    """
    from gameday.files.scenario import read_fitting_scenario
    from gameday.files.scenario_library import find_scenario

    return read_fitting_scenario(find_scenario(file), environment, fault_kinds(), day)


def check_scenarios(files: Sequence[str], environment: Environment | None) -> list[Problem]:
    """Return every problem of these files; with `environment`, also where they do not fit it."""
    from gameday.files.check import check_files

    return check_files(scenario_paths(files), environment, fault_kinds(), today())


def scenario_paths(files: Sequence[str]) -> list[Path]:
    """Resolve paths and library names; a name that does not exist stays, to be reported with the others."""
    from gameday.files.scenario_library import find_scenario

    paths: list[Path] = []
    for file in files:
        try:
            paths.append(find_scenario(file))
        except GamedayError:
            paths.append(Path(file))
    return paths


def preview_scenario(path: Path, environment: Environment | None) -> Scenario:
    """Return a valid scenario with the environment's terms and limits, or its own defaults.

    Raises BadArguments for a file of another kind.
    """
    from gameday.files.check import detect_file_kind
    from gameday.files.scenario import adapt_to_environment, build_scenario
    from gameday.files.yaml_document import read_document
    from gameday.model import Environment

    document = read_document(path)
    if (kind := detect_file_kind(document)) != "scenario":
        label = {"gameday": "gameday.yaml", "roster": "roster", "schedules": "schedules.yaml"}[kind]
        raise BadArguments(f"{path} is a {label}, not a scenario")
    return adapt_to_environment(build_scenario(document, environment), environment or Environment("", {}, {}, {}))


def draw_scenario(folder: str, environment: Environment, seed: int) -> DrawnScenario:
    """Draw a scenario that fits the environment from a folder, or from the library. Raises BadArguments."""
    candidates = list_drawable(folder, environment, today())
    choice = random.Random(seed).choice(candidates)  # noqa: S311 - a draw among colleagues, no secret
    return DrawnScenario(choice, len(candidates))


def list_drawable(folder: str, environment: Environment, day: date | None = None) -> list[Path]:
    """Return the scenarios of a folder, or of the library, that fit the environment, and are approved for the day.

    Raises BadArguments."""
    from gameday.files.check import check_files, is_scenario
    from gameday.files.scenario_library import list_library

    if folder and not Path(folder).is_dir():
        wrong = f"{folder} is not a folder: --draw takes one of several scenarios"
        raise BadArguments(wrong, "Name a folder, or nothing for the library; or run this scenario without --draw")
    paths = list(filter(is_scenario, sorted(Path(folder).glob("*.yaml")) if folder else list_library().values()))
    candidates = [path for path in paths if not check_files([path], environment, fault_kinds(), day)]
    if not candidates:
        raise BadArguments(
            f"no scenario in {folder or 'the library'} fits environment {environment.name}",
            "See what each of them needs: gameday check FILE --env NAME",
        )
    return candidates


def today() -> date:
    """Return the day on which an approval must hold: that of this host, where people are."""
    return date.today()  # noqa: DTZ011


def fault_kinds() -> Kinds:
    """Return the kinds of every installed injector; each is imported when its kinds are needed."""
    from gameday.drill.injector_registry import InstalledKinds

    return InstalledKinds()
