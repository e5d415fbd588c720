"""Checks of scenario, gameday.yaml and roster files: all problems of all files at once."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from gameday.errors import InvalidFiles, Problem
from gameday.files import project, roster, rules, scenario_library, schedules
from gameday.files.rules import Kinds, approvals, faults
from gameday.files.schema_validation import FileKind, validate_schema
from gameday.files.yaml_document import KeyPath, YamlDocument, read_document
from gameday.model import Environment
from gameday.people.roster import Roster


def check_files(
    paths: Sequence[Path], environment: Environment | None = None, kinds: Kinds | None = None, day: date | None = None
) -> list[Problem]:
    """Return the problems of all files, sorted by file and place.

    Scenarios are checked against the environment if there is one, and with `day` also for the approvals that hold then.
    `kinds` checks the parameters of faults: those of
    the injector that the target is bound to, else of any."""
    return sorted(problem for path in paths for problem in _problems(path, environment, kinds, day))


def detect_file_kind(document: YamlDocument) -> FileKind:
    """Return the kind of file by its first own key: a gameday.yaml, a roster, a schedules.yaml, else a scenario."""
    data = document.data if isinstance(document.data, dict) else {}
    if "environments" in data:
        return "gameday"
    if "schedules" in data or "freezes" in data:
        return "schedules"
    return "roster" if "people" in data else "scenario"


def is_scenario(path: Path) -> bool:
    """Return True if the file is meant as a scenario, valid or not."""
    document = read_document(path)
    return document.root is not None and detect_file_kind(document) == "scenario"


def _problems(path: Path, environment: Environment | None, kinds: Kinds | None, day: date | None) -> list[Problem]:
    document = read_document(path)
    if document.root is None:
        return document.problems if os.path.exists(path) else _missing(path)  # noqa: PTH110 - Path's raises for long names
    kind = detect_file_kind(document)
    if kind == "scenario":
        validate_schema(document, kind)
        rules.check_scenario_rules(document, environment, kinds)
        if environment is not None:
            faults.check_allowed_kinds(document, environment)
        if environment is not None and day is not None:
            approvals.check_fault_approvals(document, environment, day)
        return document.problems
    try:
        if kind == "roster":
            _calendars_there(document, roster.build_roster(document), path.parent)
        elif kind == "schedules":
            schedules.build_schedules(document)
        else:
            read = project.build_project(document)
            _roster_there(document, read)
            document.problems += [problem for unset in read.unset.values() for problem in unset]
    except InvalidFiles as bad:
        return bad.problems
    return document.problems


def _missing(path: Path) -> list[Problem]:
    return [Problem(str(path), 1, 1, "file not found", scenario_library.suggest_scenario_names(str(path)))]


def _roster_there(document: YamlDocument, read: project.Project) -> None:
    if read.roster is not None and not read.roster.exists():
        document.add_problem(("roster",), f"roster file not found: {read.roster}", "create it, or remove this key")


def _calendars_there(document: YamlDocument, read: Roster, folder: Path) -> None:
    """Note calendar files that do not exist; an address is asked when the drill is planned."""
    places: list[tuple[KeyPath, str]] = [(("calendar",), read.calendar)]
    places += [(("people", index, "calendar"), person.calendar) for index, person in enumerate(read.people)]
    for place, calendar in places:
        if calendar and not (folder / calendar).exists() and not re.match(r"(https?|webcal):|.*\$\{", calendar):
            document.add_problem(place, f"calendar file not found: {calendar}", "create it, or leave `calendar` out")
