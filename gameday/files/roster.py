"""A roster file to people: plain records, times already in wall seconds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from gameday.errors import BadFiles
from gameday.files import raw
from gameday.files.document import Document, document
from gameday.files.shape import fit
from gameday.files.source import read_document
from gameday.files.spans import busy_span, zone
from gameday.people.roster import Person, Roster

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from gameday.files.schema_roster import PersonPart, RosterPart


def read_roster(path: Path) -> Roster:
    """The people in the file. Raises BadFiles with all of its problems."""
    return roster_of(read_document(path))


def parse_roster(text: str, name: str) -> Roster:
    """The people in `text`; `name` stands for the file in problems. Raises BadFiles."""
    return roster_of(document(text, name))


def roster_of(found: Document) -> Roster:
    """The roster of a document. Raises BadFiles."""
    part = cast("RosterPart | None", fit(found, "roster"))
    rules(found)
    if found.problems or part is None:
        raise BadFiles(found.problems)
    where = zone(part.timezone)
    return Roster(tuple(_person(one, part.team, where) for one in part.people), part.team)


def rules(found: Document) -> None:
    """Note ids that are there twice, a time zone nobody knows, times that are none."""
    named = raw.text(raw.at(found.data, "timezone")) or "UTC"
    try:
        where = zone(named)
    except ValueError as error:
        found.wrong(("timezone",), str(error))
        where = zone("UTC")
    seen: dict[str, int] = {}
    for path, person in raw.tables(found.data, "people"):
        name = raw.text(person.get("id"))
        if name in seen:
            found.wrong((*path, "id"), f"the id {name!r} is here twice, first on line {seen[name]}", "name them apart")
        elif name:
            seen[name] = found.where((*path, "id"))[0]
        for place, text in raw.texts(found.data, *path, "busy"):
            try:
                busy_span(text, where)
            except ValueError as error:
                found.wrong(place, str(error))


def _person(part: PersonPart, team: str, where: ZoneInfo) -> Person:
    return Person(
        id=part.id,
        name=part.name or part.id,
        level=part.level,
        roles=frozenset(part.roles),
        manager=part.manager or "",
        on_call=part.on_call,
        declined=frozenset(part.declined),
        busy=tuple(busy_span(text, where) for text in part.busy),
        team=team,
    )
