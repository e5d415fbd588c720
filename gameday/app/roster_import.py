"""People from a CSV file or from PagerDuty, added to a roster. Whoever is there stays as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.errors import BadArguments

if TYPE_CHECKING:
    from gameday.files.roster_csv import Person

MAX_CSV_BYTES = 5_000_000


@dataclass(frozen=True, slots=True)
class ImportedPeople:
    """Names: the people who were added, those who were there, and those of the roster who are not in the source."""

    added: list[str]
    known: list[str]
    missing: list[str]


def read_csv_people(path: Path) -> list[Person]:
    """Return the people of a CSV file. Raises InvalidFiles and BadArguments."""
    from gameday.files.roster_csv import parse_people
    from gameday.regular_file import read_regular_file

    try:
        text = read_regular_file(path, MAX_CSV_BYTES).decode()
    except UnicodeDecodeError:
        raise BadArguments(f"{path}: not valid UTF-8", "Save it as UTF-8") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise BadArguments(f"cannot read {path}: {why}", "Name a CSV file, or --pagerduty") from None
    return parse_people(text, str(path))


def import_people(path: Path, people: Sequence[Person], team: str, timezone: str) -> ImportedPeople:
    """Add the people to the roster at `path`, which is created if it is missing.

    Somebody is there if the roster has their id or address. Raises BadArguments and InvalidFiles, and then changes
    nothing.
    """
    from gameday.files.roster import parse_roster, read_roster

    if not path.exists():
        if not team:
            raise BadArguments(f"{path} does not exist yet", "Name its team: --team checkout")
        text = _new_roster(people, team, timezone)
        parse_roster(text, str(path))
        _write(path, text, None)
        return ImportedPeople([_name(person) for person in people], [], [])
    roster = read_roster(path)
    ids = {person.id for person in roster.people}
    addresses = {person.email.casefold(): person.id for person in roster.people if person.email}
    known = {_known_id(person, ids, addresses): person for person in people}
    new = [person for person in people if not _known_id(person, ids, addresses)]
    if new:
        _append(path, new)
    missing = [person.name for person in roster.people if person.id not in known]
    return ImportedPeople([_name(each) for each in new], [_name(each) for key, each in known.items() if key], missing)


def unique_id(email: str, name: str, used: set[str]) -> str:
    """Return a short id from an address, else from a name, that is not used yet; it counts as used from now on."""
    base = re.sub(r"[^a-z0-9._-]+", "-", (email.partition("@")[0] or name).casefold()).strip("-._")[:60] or "person"
    chosen = next(each for each in (base, *(f"{base}-{n}" for n in range(2, len(used) + 3))) if each not in used)
    used.add(chosen)
    return chosen


def _known_id(person: Person, ids: set[str], addresses: dict[str, str]) -> str:
    """Return the id that the roster has for the person; empty if they are new."""
    by_address = addresses.get(str(person.get("email", "")).casefold(), "")
    return by_address or (str(person["id"]) if person["id"] in ids else "")


def _name(person: Person) -> str:
    return str(person.get("name") or person["id"])


def _new_roster(people: Sequence[Person], team: str, timezone: str) -> str:
    from gameday.files.yaml_format import to_flow_style

    head = ["gameday: 1", f"team: {to_flow_style(team)}", f"timezone: {to_flow_style(timezone)}", "people:"]
    return "\n".join([*head, *(f"  - {to_flow_style(person)}" for person in people), ""])


def _append(path: Path, people: Sequence[Person]) -> None:
    from gameday.files.roster import parse_roster
    from gameday.files.yaml_edit import CannotInsert, append_items

    try:
        before = path.read_bytes()
        text = append_items(before.decode(), "people", people)
    except CannotInsert:
        todo = "Write the people one below the other, each with a dash, and run the command again"
        raise BadArguments(f"{path}: this layout cannot be edited without changing the rest", todo) from None
    except OSError as error:
        raise BadArguments(f"cannot read {path}: {error.strerror or error}") from None
    parse_roster(text, str(path))
    _write(path, text, before)


def _write(path: Path, text: str, before: bytes | None) -> None:
    from gameday.atomic_file import create_atomically, write_atomically

    try:
        if before is None:
            create_atomically(path, text)
        elif not write_atomically(path, text, expected=before):
            raise BadArguments(f"{path} was changed by someone else; nothing was written", "Run the command again")
    except OSError as error:
        raise BadArguments(f"cannot write {path}: {error.strerror or error}", "Nothing was changed") from None
