"""The roster with the absences of its calendars: events that keep people from a drill.

A calendar that cannot be read is an error: nobody is planned on top of what it might say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gameday.clock import parse_zone
from gameday.errors import InvalidFiles, Problem, Refused
from gameday.variables import VariableError, substitute

if TYPE_CHECKING:
    from gameday.people.roster import Roster
    from gameday.schedule.calendar_events import Span

TIMEOUT_S = 10.0
MAX_BYTES = 20_000_000
"""Enough for the calendar of a person for ten years."""
_TODO = "correct it, or leave `calendar` out"
Spans = Mapping[str, "list[Span]"]


def read_available_roster(path: Path, begin: float, end: float) -> Roster:
    """Read the roster, with everybody's busy times from `begin` to `end` (wall seconds) from their calendars.

    Raises InvalidFiles for a file or a calendar that is invalid, Refused for a server that does not answer.
    """
    from gameday.files.roster import read_roster

    roster = read_roster(path)
    return replace_busy(roster, load_busy_spans(roster, path, begin, end))


def load_busy_spans(roster: Roster, path: Path, begin: float, end: float) -> Spans:
    """Return the busy spans of each person with a calendar, by id. Raises as `read_available_roster`."""
    loaded: dict[str, list[Span]] = {}
    spans: dict[str, list[Span]] = {}
    for index, person in enumerate(roster.people):
        places = {person.calendar: ("people", index, "calendar"), roster.calendar: ("calendar",)}
        for calendar, place in places.items():
            if calendar:
                if calendar not in loaded:
                    loaded[calendar] = _load(roster, path, calendar, place, begin, end)
                spans[person.id] = [*spans.get(person.id, []), *loaded[calendar]]
    return spans


def replace_busy(roster: Roster, spans: Spans) -> Roster:
    """Return the roster with these busy spans besides its own."""
    people = (replace(person, busy=(*person.busy, *spans.get(person.id, ()))) for person in roster.people)
    return replace(roster, people=tuple(people))


def _load(
    roster: Roster, path: Path, calendar: str, place: tuple[str | int, ...], begin: float, end: float
) -> list[Span]:
    from gameday.schedule.calendar_events import find_busy_spans
    from gameday.schedule.calendar_text import CalendarError

    try:
        address = substitute(calendar, os.environ)
    except VariableError as error:
        raise InvalidFiles([_problem(path, place, error.wrong, error.todo)]) from None
    is_url = urlsplit(address).scheme in ("http", "https", "webcal")
    text = _fetch(address, path, place) if is_url else _read(path.parent / address, path, place)
    try:
        return find_busy_spans(text, begin, end, parse_zone(roster.timezone))
    except CalendarError as error:
        if is_url:
            wrong = f"calendar of {_host(address)}, line {error.line}: {error}"
            raise InvalidFiles([_problem(path, place, wrong, _TODO)]) from None
        raise InvalidFiles([Problem(str(path.parent / address), error.line, 1, f"calendar: {error}", _TODO)]) from None


def _read(file: Path, path: Path, place: tuple[str | int, ...]) -> str:
    from gameday.regular_file import read_regular_file

    try:
        return read_regular_file(file, MAX_BYTES).decode()
    except (OSError, ValueError) as error:
        why = "not valid UTF-8" if isinstance(error, UnicodeDecodeError) else getattr(error, "strerror", None) or error
        raise InvalidFiles([_problem(path, place, f"cannot read calendar {file}: {why}", _TODO)]) from None


def _fetch(url: str, path: Path, place: tuple[str | int, ...]) -> str:
    from gameday.clients.event_loop import run_async
    from gameday.clients.http_client import HttpClient, Response
    from gameday.clients.request_errors import RequestError

    async def get() -> Response:
        client = HttpClient(MAX_BYTES)
        try:
            return await client.get(url.replace("webcal:", "https:", 1), TIMEOUT_S)
        finally:
            await client.close()

    try:
        response = run_async(get())
        if response.status != 200:
            raise RequestError(f"HTTP {response.status}")
    except RequestError as error:
        problem = _problem(path, place, f"cannot read the calendar of {_host(url)}: {error}")
        todo = "Nobody is planned without it. Try again, or leave `calendar` out and write `busy`"
        raise Refused(str(problem), todo) from None
    return response.text()


def _host(url: str) -> str:
    """Return the host alone: the rest of the address of a private calendar is a secret."""
    return urlsplit(url).hostname or "the server"


def _problem(path: Path, place: tuple[str | int, ...], wrong: str, todo: str = "") -> Problem:
    from gameday.files.yaml_document import read_document

    return Problem(str(path), *read_document(path).locate(place), wrong, todo)
