"""The record of who held which role and who was available, for the rotation only. Events never name a person.

One JSON object per line, oldest first. A drill keeps its name here until its debrief was held or the next drill
begins, because the debrief speaks in this order. Afterwards only team, week, role and person remain, which the
rotation needs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gameday.atomic_file import write_atomically
from gameday.model import Role
from gameday.people.turn_order import RoleRecord


def load_role_records(path: Path, team: str) -> list[RoleRecord]:
    """Load the team's records, oldest first; skip invalid lines. Raises OSError for an unreadable file."""
    if not path.exists():
        return []
    records: list[RoleRecord] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        with suppress(ValueError, KeyError, TypeError):
            body = json.loads(line)
            if body["team"] == team:
                available = frozenset(body["available"])
                records.append(RoleRecord(body["drill"], body["week"], body["person"], Role(body["role"]), available))
    return records


def append_role_records(path: Path, team: str, records: Sequence[RoleRecord]) -> None:
    """Append the records of one drill. Only this user can read the file. Raises OSError."""
    lines = "".join(json.dumps({"team": team, **_as_json(record)}, ensure_ascii=False) + "\n" for record in records)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(lines)


def remove_drill_names(path: Path) -> None:
    """Remove the drill names from all records. Raises OSError."""
    if not path.exists():
        return
    lines = [json.dumps(body | {"drill": ""}, ensure_ascii=False) + "\n" for body in _read_bodies(path)]
    write_atomically(path, "".join(lines), mode=0o600)


def load_drill_roles(path: Path, drill: str) -> list[Role]:
    """Load the roles of one drill in the order of its records, the most junior first; empty without any."""
    with suppress(OSError):
        return [Role(body["role"]) for body in _read_bodies(path) if body.get("drill") == drill]
    return []


def create_role_records(
    drill: str, wall: float, holders: Iterable[tuple[Role, str]], available: Iterable[str]
) -> list[RoleRecord]:
    """Return the records of one drill, in the order of `holders`."""
    ids = frozenset(available)
    return [RoleRecord(drill, iso_week(wall), person, role, ids) for role, person in holders]


def next_slot_id(records: Sequence[RoleRecord]) -> str:
    """Return an id of the drill after these, the same whether or not they still have their drill's name.

    The turns that a debrief announces are thereby those that the next run proposes.
    """
    text = "\n".join(f"{record.week} {record.role} {record.person}" for record in records)
    return hashlib.sha256(text.encode()).hexdigest()


def iso_week(wall: float) -> str:
    """Return the ISO week in UTC, as in `2026-W48`."""
    year, week, _ = datetime.fromtimestamp(wall, UTC).isocalendar()
    return f"{year}-W{week:02}"


def _read_bodies(path: Path) -> list[dict[str, Any]]:
    return [body for body in map(_parse_line, path.read_text(encoding="utf-8").splitlines()) if body]


def _parse_line(line: str) -> dict[str, Any]:
    with suppress(ValueError):
        body = json.loads(line)
        if isinstance(body, dict) and body.get("role") in set(Role):
            return body
    return {}


def _as_json(record: RoleRecord) -> dict[str, object]:
    return {**asdict(record), "available": sorted(record.available)}
