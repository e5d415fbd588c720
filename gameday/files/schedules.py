"""Reading of schedules.yaml: schedules and freezes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.clock import parse_zone
from gameday.errors import InvalidFiles
from gameday.files import raw_access
from gameday.files.calendar_spans import parse_day, parse_time_range
from gameday.files.schema_validation import validate_schema
from gameday.files.yaml_document import YamlDocument, parse_document, read_document
from gameday.model import Json
from gameday.schedule.recurrence import Recurrence, parse_cron, parse_time_of_day
from gameday.schedule.rule_check import check_rule
from gameday.schedule.schedules import Freeze, Hosting, Schedule
from gameday.units import write_duration

if TYPE_CHECKING:
    from gameday.files.schema.schedules import FreezePart, SchedulePart, SchedulesPart

FILE_NAME = "schedules.yaml"
_SKIP = re.compile(r"\d{4}-\d{2}-\d{2}( ([01]\d|2[0-3]):[0-5]\d)?")


@dataclass(frozen=True, slots=True)
class ScheduleFile:
    """A schedules.yaml. Without a file there are no schedules."""

    path: Path
    schedules: Mapping[str, Schedule]
    freezes: tuple[Freeze, ...] = ()


def read_schedules(path: Path) -> ScheduleFile:
    """Read the file, if it exists. Raises InvalidFiles with all of its problems."""
    if not path.exists():
        return ScheduleFile(path, {})
    return build_schedules(read_document(path))


def parse_schedules(text: str, path: Path) -> ScheduleFile:
    """Parse the text of the file at `path`. Raises InvalidFiles."""
    return build_schedules(parse_document(text, str(path)))


def build_schedules(document: YamlDocument) -> ScheduleFile:
    """Return the schedules of a document. Raises InvalidFiles."""
    part = cast("SchedulesPart | None", validate_schema(document, "schedules"))
    check_schedule_rules(document)
    if document.problems or part is None:
        raise InvalidFiles(document.problems)
    schedules = {name: _schedule(name, entry) for name, entry in part.schedules.items()}
    zones = {schedule.recurrence.zone.key for schedule in schedules.values()}
    return ScheduleFile(Path(document.file), schedules, tuple(_freeze(freeze, zones) for freeze in part.freezes))


def check_schedule_rules(document: YamlDocument) -> None:
    """Note invalid rules, times, days and zones, and schedules without exactly one of `scenarios` and `draw`."""
    for name, entry in raw_access.get_map(document.data, "schedules").items():
        if isinstance(entry, dict):
            _check_schedule(document, name, entry)
    for path, freeze in raw_access.iter_maps(document.data, "freezes"):
        begin, end = (raw_access.text_or_empty(freeze.get(key)) for key in ("from", "to"))
        try:
            if begin and end:
                parse_time_range(f"{begin}..{end}", parse_zone("UTC"))
        except ValueError as error:
            document.add_problem((*path, "from"), str(error))


def _check_schedule(document: YamlDocument, name: str, entry: dict[str, Json]) -> None:
    place = ("schedules", name)
    checks: dict[str, Callable[[str], object]] = {
        "cron": parse_cron, "rrule": check_rule, "at": parse_time_of_day, "timezone": parse_zone, "starts": parse_day,
    }  # fmt: skip
    for key, check in checks.items():
        try:
            if text := raw_access.text_or_empty(entry.get(key)):
                check(text)
        except ValueError as error:
            document.add_problem((*place, key), str(error))
    times = [key for key in ("rrule", "at") if key in entry]
    if len(times) != (0 if "cron" in entry else 2):
        document.add_problem(place, f"schedule {name!r} needs either cron, or both rrule and at", key=True)
    for day in raw_access.get_map(entry, "skip"):
        if not _SKIP.fullmatch(day):
            wrong = f"invalid day {day!r}: write it as 2026-12-22, or with the time as 2026-12-22 10:00"
            document.add_problem((*place, "skip", day), wrong, key=True)
    if bool(entry.get("scenarios")) == bool(entry.get("draw")):
        document.add_problem(place, f"schedule {name!r} needs either scenarios or draw: true", key=True)


def _schedule(name: str, part: SchedulePart) -> Schedule:
    zone = parse_zone(part.timezone)
    at = parse_time_of_day(part.at) if part.at else time()
    cron = parse_cron(part.cron) if part.cron else ""
    recurrence = Recurrence((part.rrule or "").upper(), at, zone, parse_day(part.starts), cron)
    hosting = Hosting(part.hosted.within, part.hosted.otherwise == "rehearse") if part.hosted else None
    return Schedule(
        name, part.env, tuple(part.scenarios), recurrence, part.slot, part.paused or "", dict(part.skip), hosting,
        part.owner_channel or "",
    )  # fmt: skip


def _freeze(part: FreezePart, zones: set[str]) -> Freeze:
    span = f"{part.from_}..{part.to}"
    return Freeze(part.name, part.reason, {zone: parse_time_range(span, parse_zone(zone)) for zone in zones})


def schedule_entry(schedule: Schedule) -> dict[str, Json]:
    """Return the schedule as an entry of the file."""
    recurrence = schedule.recurrence
    what: dict[str, Json] = {"draw": True} if schedule.is_drawn else {"scenarios": list(schedule.scenarios)}
    days: dict[str, Json] = {"rrule": recurrence.rule, "at": f"{recurrence.at:%H:%M}"}
    when: dict[str, Json] = {
        **({"cron": recurrence.cron} if recurrence.cron else days),
        "timezone": recurrence.zone.key,
        "starts": recurrence.starts.isoformat(),
    }
    return {"env": schedule.environment, **what, **when, **_hosting_entry(schedule.hosting)}


def _hosting_entry(hosting: Hosting | None) -> dict[str, Json]:
    if hosting is None:
        return {}
    otherwise = "rehearse" if hosting.rehearses else "skip"
    return {"hosted": {"within": write_duration(hosting.within), "otherwise": otherwise}}
