"""The rotation's plan: the roles of the drills with people that come, as their runs will propose them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.role_assignment import RosterFile, drill_slot
from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.files.schedules import ScheduleFile
    from gameday.model import Scenario
    from gameday.people.cast import Cast
    from gameday.people.roster import Roster
    from gameday.people.rotation_changes import RotationChange
    from gameday.people.rotation_plan import DrillSlot
    from gameday.schedule.schedules import Schedule

WEEK_S = 7 * 86400.0
DEFAULT_SCENARIO = "db-slowdown"
_TODO = "Name one: --roster roster.yaml, or `roster: roster.yaml` in gameday.yaml"


@dataclass(frozen=True, slots=True)
class PlannedDrill:
    """A drill with people that comes, and its cast. `schedule` None: planned weekly, because nothing is scheduled.

    `scheduled`: the time of its occurrence, of which it is drill `number`, from 0.
    """

    cast: Cast
    schedule: Schedule | None = None
    scheduled: float = 0.0
    number: int = 0

    @property
    def local_time(self) -> datetime:
        """The start, in the schedule's time zone, else the roster's."""
        from gameday.clock import parse_zone

        zone = self.schedule.recurrence.zone if self.schedule else parse_zone(self.cast.roster.timezone)
        return datetime.fromtimestamp(self.cast.slot.start, zone)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time for a drill, with the occurrence it comes from, as in PlannedDrill."""

    slot: DrillSlot
    schedule: Schedule | None = None
    scheduled: float = 0.0
    number: int = 0


def find_roster(path: Path | None) -> RosterFile:
    """Return the roster that is named, else that of gameday.yaml. Raises BadArguments and InvalidFiles."""
    from gameday.files.project import find_project, read_project
    from gameday.store.paths import data_folder

    project = find_project()
    file = path or (read_project(project).roster if project else None)
    if file is None:
        raise BadArguments("no roster given", _TODO)
    return RosterFile(file, data_folder().role_history)


def plan_rotation(
    file: RosterFile, weeks: int, now: float, scenario: str = "", changes: Sequence[RotationChange] | None = None
) -> list[PlannedDrill]:
    """Return the drills with people of the next weeks, each with its cast; without a schedule, one each week from now.

    `scenario`: the one whose roles are planned without a schedule; `changes` None: those that are recorded. Raises
    InvalidFiles and BadArguments, and Refused if a calendar's server does not answer.
    """
    from gameday.app.calendars import read_available_roster
    from gameday.people.role_history import load_role_records
    from gameday.people.rotation_changes import load_changes
    from gameday.people.rotation_plan import plan_drills

    roster = read_available_roster(file.path, now, now + (weeks + 1) * WEEK_S)
    slots = list_slots(roster, weeks, now, scenario)
    changes = load_changes(file.changes, roster.team) if changes is None else changes
    casts = plan_drills(roster, load_role_records(file.history, roster.team), changes, (each.slot for each in slots))
    return [
        PlannedDrill(cast, slot.schedule, slot.scheduled, slot.number) for cast, slot in zip(casts, slots, strict=True)
    ]


def list_slots(roster: Roster, weeks: int, now: float, scenario: str = "") -> list[Slot]:
    """Return the times of the drills with people, sorted. With `scenario`, or without any schedule, one each week."""
    from gameday.app.schedules import load_schedules

    file = load_schedules()
    hosted = hosted_schedules(file)
    if scenario or not hosted:
        return list(_weekly_slots(roster, weeks, now, scenario or DEFAULT_SCENARIO))
    read, until = cache(_read_scenario), now + weeks * WEEK_S
    slots = (slot for schedule in hosted for slot in _scheduled_slots(file, schedule, now, until, read))
    return sorted(slots, key=lambda each: each.slot.start)


def hosted_schedules(file: ScheduleFile) -> list[Schedule]:
    """Return the schedules of drills with people."""
    return [schedule for schedule in file.schedules.values() if schedule.hosting]


def _scheduled_slots(
    file: ScheduleFile, schedule: Schedule, now: float, until: float, read: Callable[[str, str], Scenario]
) -> Iterator[Slot]:
    from gameday.app.schedules import drill_seconds
    from gameday.schedule.schedules import find_planned_skip

    for scheduled in schedule.recurrence.between(now, until):
        if find_planned_skip(schedule, file.freezes, scheduled) is None:
            start = scheduled
            for number, each in enumerate(_list_files(file, schedule, scheduled)):
                scenario = read(each, schedule.environment)
                yield Slot(drill_slot(scenario, start, hosted=True), schedule, scheduled, number)
                start += drill_seconds(schedule, scenario)


def _list_files(file: ScheduleFile, schedule: Schedule, scheduled: float) -> list[str]:
    from gameday.app.run_due import draw_for_occurrence
    from gameday.app.schedules import resolve_scenarios

    if schedule.is_drawn:
        return [draw_for_occurrence(schedule, scheduled)]
    return resolve_scenarios(schedule, file.path.parent)


def _read_scenario(file: str, environment: str) -> Scenario:
    from gameday.app.environment_selection import read_environment
    from gameday.app.scenario_selection import read_scenario

    return read_scenario(file, read_environment(environment))


def _weekly_slots(roster: Roster, weeks: int, now: float, scenario: str) -> Iterator[Slot]:
    """Yield a slot each week at this time of day, from now on: the next run is the first of them."""
    from gameday.clock import parse_zone
    from gameday.files.scenario import read_scenario
    from gameday.files.scenario_library import find_scenario
    from gameday.schedule.recurrence import to_instant

    zone, read = parse_zone(roster.timezone), read_scenario(find_scenario(scenario))
    local = datetime.fromtimestamp(now, zone).replace(tzinfo=None)
    for week in range(weeks):
        yield Slot(drill_slot(read, to_instant(local + timedelta(weeks=week), zone) if week else now))
