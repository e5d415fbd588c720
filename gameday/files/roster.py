"""Reading of roster files; times become wall-clock seconds."""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.clock import parse_zone
from gameday.errors import InvalidFiles
from gameday.files import raw_access
from gameday.files.calendar_spans import parse_day, parse_time_range
from gameday.files.schema_validation import validate_schema
from gameday.files.yaml_document import KeyPath, YamlDocument, parse_document, read_document
from gameday.model import Json
from gameday.people.roster import Person, Roster

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gameday.files.schema.roster import PersonPart, RosterPart


def read_roster(path: Path) -> Roster:
    """Read the roster file. Raises InvalidFiles with all of its problems."""
    return build_roster(read_document(path))


def parse_roster(text: str, name: str) -> Roster:
    """Parse a roster from `text`. Problems show `name` as the file. Raises InvalidFiles."""
    return build_roster(parse_document(text, name))


def build_roster(document: YamlDocument) -> Roster:
    """Return the roster of a document. Raises InvalidFiles."""
    part = cast("RosterPart | None", validate_schema(document, "roster"))
    check_roster_rules(document)
    if document.problems or part is None:
        raise InvalidFiles(document.problems)
    where = parse_zone(part.timezone)
    people = tuple(_person(person, part.team, where) for person in part.people)
    return Roster(people, part.team, part.timezone, part.email or "", part.calendar or "")


def check_roster_rules(document: YamlDocument) -> None:
    """Note duplicate ids, an unknown time zone, invalid times."""
    named = raw_access.text_or_empty(raw_access.get_path(document.data, "timezone")) or "UTC"
    try:
        where = parse_zone(named)
    except ValueError as error:
        document.add_problem(("timezone",), str(error))
        where = parse_zone("UTC")
    _check_address(document, ("email",))
    seen: dict[str, int] = {}
    for path, person in raw_access.iter_maps(document.data, "people"):
        name = raw_access.text_or_empty(person.get("id"))
        if name in seen:
            document.add_problem(
                (*path, "id"), f"duplicate id {name!r}, first on line {seen[name]}", "choose another id"
            )
        elif name:
            seen[name] = document.locate((*path, "id"))[0]
        for place, text in raw_access.iter_texts(document.data, *path, "busy"):
            try:
                parse_time_range(text, where)
            except ValueError as error:
                document.add_problem(place, str(error))
        _check_person(document, path, person, where)


def _check_person(document: YamlDocument, path: KeyPath, person: dict[str, Json], where: ZoneInfo) -> None:
    """Note an invalid address, invalid first and last days, and a last day before the first."""
    _check_address(document, (*path, "email"))
    days: dict[str, date] = {}
    for key in ("from", "until"):
        if text := raw_access.text_or_empty(person.get(key)):
            try:
                days[key] = parse_day(text)
                parse_time_range(text, where)
            except ValueError as error:
                document.add_problem((*path, key), str(error))
    if len(days) == 2 and days["until"] < days["from"]:
        document.add_problem((*path, "until"), f"the last day {days['until']} is before the first, {days['from']}")


def _check_address(document: YamlDocument, path: KeyPath) -> None:
    email = raw_access.text_or_empty(raw_access.get_path(document.data, *path))
    if email and not re.fullmatch(r"[^@\s:;,]+@[^@\s:;,]+", email):
        document.add_problem(path, f"invalid address {email!r}: write it as ana@example.com")


def _person(part: PersonPart, team: str, where: ZoneInfo) -> Person:
    return Person(
        id=part.id,
        name=part.name or part.id,
        level=part.level,
        roles=frozenset(part.roles),
        manager=part.manager or "",
        on_call=part.on_call,
        declined=frozenset(part.declined),
        busy=tuple(parse_time_range(text, where) for text in part.busy),
        team=team,
        joins=parse_time_range(part.from_, where)[0] if part.from_ else -math.inf,
        leaves=parse_time_range(part.until, where)[1] if part.until else math.inf,
        email=part.email or "",
        calendar=part.calendar or "",
        slack=part.slack or "",
    )
