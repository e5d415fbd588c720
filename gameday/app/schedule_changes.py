"""Changes of schedules.yaml: add, skip, pause, resume and remove schedules. The rest of the file stays as it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.schedules import find_schedule, format_occurrence, load_schedules, reserved_seconds
from gameday.errors import BadArguments, Refused

if TYPE_CHECKING:
    from gameday.files.schedules import ScheduleFile
    from gameday.model import Json
    from gameday.schedule.schedules import Hosting, Schedule

SKIPPABLE = 100
"""Occurrences among which the next one to skip is looked for."""


@dataclass(frozen=True, slots=True)
class ScheduleRequest:
    """A schedule to add. `phrase`: `every tuesday 10:00 Europe/Berlin`; `starts` None is today there.

    Without scenarios, one is drawn each time. `name` empty: derived from the environment and the scenario.
    """

    phrase: str
    scenarios: tuple[str, ...] = ()
    environment: str | None = None
    name: str = ""
    slot: float | None = None
    starts: date | None = None
    hosting: Hosting | None = None


def add_schedule(request: ScheduleRequest, now: float) -> Schedule:
    """Add a schedule to the file. Raises BadArguments, InvalidFiles and Refused, and then changes nothing."""
    from gameday.files.schedules import schedule_entry
    from gameday.units import write_duration

    file = load_schedules()
    schedule = _create_schedule(request, file, now)
    _require_room(schedule, file, now)
    entry = schedule_entry(schedule)
    if schedule.slot is not None:
        entry["slot"] = write_duration(schedule.slot)
    _insert(file, ("schedules", schedule.name), entry)
    return schedule


def skip_occurrence(name: str, day: str, reason: str, now: float) -> str:
    """Skip the next occurrence, or those of a local day; return what is skipped, in local time. Raises BadArguments."""
    file = load_schedules()
    schedule = find_schedule(file, name)
    key = day or _next_key(file, schedule, now)
    if key in schedule.skips:
        raise BadArguments(f"{name}: {key} is skipped already: {schedule.skips[key]}", "Choose another day")
    if day:
        _require_occurrence(schedule, day)
    _insert(file, ("schedules", name, "skip", key), reason)
    return key


def pause_schedule(name: str, reason: str) -> None:
    """Pause a schedule: its occurrences are skipped with this reason. Raises BadArguments if it is paused."""
    file = load_schedules()
    if paused := find_schedule(file, name).paused:
        raise BadArguments(f"{name} is paused already: {paused}", f"Resume it: gameday schedule resume {name}")
    _insert(file, ("schedules", name, "paused"), reason)


def resume_schedule(name: str) -> None:
    """Resume a paused schedule. Raises BadArguments if it is not paused."""
    file = load_schedules()
    if not find_schedule(file, name).paused:
        raise BadArguments(f"{name} is not paused", "See all schedules: gameday schedule list")
    _remove(file, ("schedules", name, "paused"))


def remove_schedule(name: str) -> None:
    """Remove a schedule from the file; the record of its occurrences stays in the store. Raises BadArguments."""
    file = load_schedules()
    find_schedule(file, name)
    _remove(file, ("schedules", name))


def _create_schedule(request: ScheduleRequest, file: ScheduleFile, now: float) -> Schedule:
    from gameday.app.environment_selection import read_environment
    from gameday.app.scenario_selection import list_drawable, read_scenario
    from gameday.drill.planning import require_drills_allowed
    from gameday.schedule.phrase import parse_phrase
    from gameday.schedule.schedules import Schedule

    try:
        recurrence = parse_phrase(request.phrase, request.starts or date.min)
    except ValueError as error:
        raise BadArguments(str(error)) from None
    recurrence = replace(recurrence, starts=request.starts or recurrence.local_time(now).date())
    if not recurrence.upcoming(now, 1):
        raise BadArguments(f"{request.phrase!r} never happens within ten years", "Choose other days")
    environment = read_environment(request.environment)
    require_drills_allowed(environment, None)
    for scenario in request.scenarios:
        read_scenario(scenario, environment)
    if not request.scenarios:
        list_drawable("", environment)
    scenarios = tuple(_portable_name(scenario, file.path.parent) for scenario in request.scenarios)
    name = request.name or _free_name(environment.name, scenarios, file)
    if name in file.schedules:
        raise BadArguments(f"schedule {name!r} exists already in {file.path}", "Choose another name with --name")
    return Schedule(name, environment.name, scenarios, recurrence, request.slot, hosting=request.hosting)


def _portable_name(scenario: str, folder: Path) -> str:
    """Return a path relative to the file, or the name in the library."""
    return os.path.relpath(scenario, folder) if Path(scenario).exists() else scenario.removesuffix(".yaml")


def _free_name(environment: str, scenarios: Sequence[str], file: ScheduleFile) -> str:
    base = f"{environment}-{Path(scenarios[0]).stem if scenarios else 'draw'}"[:60]
    names = (base, *(f"{base}-{number}" for number in range(2, len(file.schedules) + 3)))
    return next(name for name in names if name not in file.schedules)


def _require_room(schedule: Schedule, file: ScheduleFile, now: float) -> None:
    """Raise Refused if its slots meet those of another schedule in its environment, or its own."""
    from gameday.schedule.slots import find_overlap, find_overrun, list_slots
    from gameday.units import format_duration

    folder = file.path.parent
    length = reserved_seconds(schedule, folder)
    slots = list_slots(schedule.recurrence, length, now)
    todo = "Choose other times, or reserve less time with --slot if the drills are shorter"
    if overrun := find_overrun(slots):
        times = " and ".join(format_occurrence(schedule, begin) for begin in overrun)
        raise Refused(f"it overlaps itself: each occurrence reserves {format_duration(length)}, at {times}", todo)
    for other in file.schedules.values():
        if other.environment != schedule.environment:
            continue
        other_length = reserved_seconds(other, folder)
        if overlap := find_overlap(slots, list_slots(other.recurrence, other_length, now)):
            raise Refused(
                f"it overlaps schedule {other.name} in {schedule.environment}: at "
                f"{format_occurrence(schedule, overlap[0])} for {format_duration(length)}, and {other.name} at "
                f"{format_occurrence(other, overlap[1])} for {format_duration(other_length)}",
                todo,
            )


def _next_key(file: ScheduleFile, schedule: Schedule, now: float) -> str:
    """Return the key of the next occurrence that will run: its day, and its time where a day may have several."""
    from gameday.schedule.schedules import list_next_runs

    runs = list_next_runs(replace(schedule, paused=""), file.freezes, now, SKIPPABLE)
    if not runs:
        raise BadArguments(f"{schedule.name}: no occurrence to skip", "See them: gameday schedule next")
    form = "%Y-%m-%d %H:%M" if schedule.recurrence.cron else "%Y-%m-%d"
    return schedule.recurrence.local_time(runs[0]).strftime(form)


def _require_occurrence(schedule: Schedule, day: str) -> None:
    from gameday.files.calendar_spans import parse_day
    from gameday.schedule.recurrence import to_instant

    try:
        begin = datetime.combine(parse_day(day), time())
    except ValueError as error:
        raise BadArguments(str(error)) from None
    zone = schedule.recurrence.zone
    if not schedule.recurrence.between(to_instant(begin, zone) - 1, to_instant(begin + timedelta(days=1), zone) - 1):
        raise BadArguments(
            f"{schedule.name} has no occurrence on {day}", f"See them: gameday schedule next {schedule.name}"
        )


def _insert(file: ScheduleFile, path: Sequence[str], value: Json) -> None:
    from gameday.files.yaml_edit import insert_entry

    _edit(file, lambda text: insert_entry(text, path, value))


def _remove(file: ScheduleFile, path: Sequence[str]) -> None:
    from gameday.files.yaml_edit import remove_entry

    _edit(file, lambda text: remove_entry(text, path))


def _edit(file: ScheduleFile, change: Callable[[str], str]) -> None:
    """Change the file's text, check it, and write it unless somebody else changed it meanwhile."""
    from gameday.atomic_file import create_atomically, write_atomically
    from gameday.files.schedules import parse_schedules
    from gameday.files.yaml_edit import CannotInsert

    path = file.path
    try:
        before = path.read_bytes() if path.exists() else None
        text = change("gameday: 1\n" if before is None else before.decode())
        parse_schedules(text, path)
        if before is None:
            create_atomically(path, text)
        elif not write_atomically(path, text, expected=before):
            raise BadArguments(f"{path} was changed by someone else; nothing was written", "Run the command again")
    except CannotInsert:
        raise BadArguments(
            f"{path}: this layout cannot be edited without changing the rest", "Edit it by hand"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadArguments(f"cannot write {path}: {why}", "The file is unchanged") from None
