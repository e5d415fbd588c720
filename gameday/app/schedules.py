"""Schedules of this project: their file, the record of their occurrences, the time that they reserve."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments
from gameday.suggestions import suggest_word

if TYPE_CHECKING:
    from gameday.files.schedules import ScheduleFile
    from gameday.model import Scenario
    from gameday.schedule.occurrences import OccurrenceRecord
    from gameday.schedule.schedules import Schedule
    from gameday.store.occurrences import OccurrenceLog

PREPARATION_S = 120.0
"""Time for the preflight and the review of one drill, on top of its timebox."""


def schedules_path() -> Path:
    """Return the path of schedules.yaml: next to gameday.yaml, else in this folder."""
    from gameday.files.project import find_project
    from gameday.files.schedules import FILE_NAME

    project = find_project()
    return (project.parent if project else Path()) / FILE_NAME


def load_schedules() -> ScheduleFile:
    """Read this project's schedules. Raises InvalidFiles."""
    from gameday.files.schedules import read_schedules

    return read_schedules(schedules_path())


def find_schedule(file: ScheduleFile, name: str) -> Schedule:
    """Return the schedule of that name. Raises BadArguments."""
    if name in file.schedules:
        return file.schedules[name]
    known = ", ".join(file.schedules)
    todo = suggest_word(name, list(file.schedules)) or (
        f"Schedules: {known}" if known else "Add it: gameday schedule add"
    )
    raise BadArguments(f"schedule {name!r}: not found in {file.path}", todo)


def open_project_log(file: ScheduleFile) -> OccurrenceLog:
    """Open the record of this project's occurrences. Raises Refused."""
    from gameday.store.occurrences import open_occurrence_log
    from gameday.store.paths import data_folder

    return open_occurrence_log(data_folder(), _project(file))


def read_occurrences(file: ScheduleFile) -> dict[str, list[OccurrenceRecord]]:
    """Return what the store has of each schedule, oldest first; creates no store. Raises Refused."""
    from gameday.store.occurrences import open_existing_log
    from gameday.store.paths import data_folder

    log = open_existing_log(data_folder(), _project(file))
    return {name: log.records(name) if log else [] for name in file.schedules}


def _project(file: ScheduleFile) -> str:
    from gameday.files.project import project_identity

    return project_identity(file.path)


def reserved_seconds(schedule: Schedule, folder: Path) -> float:
    """Return how long an occurrence can take in its environment. Raises InvalidFiles and BadArguments."""
    from gameday.app.environment_selection import read_environment
    from gameday.app.scenario_selection import list_drawable, read_scenario

    if schedule.slot is not None:
        return schedule.slot
    environment = read_environment(schedule.environment)
    files = list(map(str, list_drawable("", environment))) if schedule.is_drawn else resolve_scenarios(schedule, folder)
    scenarios = [read_scenario(file, environment) for file in files]
    lengths = [drill_seconds(schedule, each) for each in scenarios]
    return max(lengths) if schedule.is_drawn else sum(lengths)


def drill_seconds(schedule: Schedule, scenario: Scenario) -> float:
    """Return how long all drills of a scenario take; a hosted drill waits for people, and may be rehearsed instead."""
    rehearsal = (scenario.timebox + PREPARATION_S) * max(1, len(scenario.mitigations))
    if schedule.hosting is None:
        return rehearsal
    instead = rehearsal if schedule.hosting.rehearses else 0.0
    return schedule.hosting.within + max(scenario.timebox + PREPARATION_S, instead)


def resolve_scenarios(schedule: Schedule, folder: Path) -> list[str]:
    """Return the scenarios as `gameday run` takes them, from any folder."""
    return [str(folder / file) if (folder / file).exists() else file for file in schedule.scenarios]


def format_occurrence(schedule: Schedule, instant: float) -> str:
    """Format an instant in the schedule's local time: `Tue 2026-12-01 10:00 CET`."""
    return f"{datetime.fromtimestamp(instant, schedule.recurrence.zone):%a %Y-%m-%d %H:%M %Z}"
