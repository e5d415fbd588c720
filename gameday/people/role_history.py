"""Who held which role, and who was there: one record of its own, for the rotation alone. No event names a person.

One JSON object a line, oldest first. A drill keeps its name here until its debrief was held, or the next drill begins:
it gives the debrief its order. After that week, team, role and person stay, because whose turn it is rests on them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gameday.model import Role
from gameday.people.turn_order import RoleRecord


def read_record(path: Path, team: str) -> list[RoleRecord]:
    """What the team's drills left, oldest first. A line that cannot be read is passed over; OSError when the file is
    there and cannot be."""
    if not path.exists():
        return []
    found: list[RoleRecord] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        with suppress(ValueError, KeyError, TypeError):
            body = json.loads(line)
            if body["team"] == team:
                found.append(
                    RoleRecord(
                        body["drill"], body["week"], body["person"], Role(body["role"]), frozenset(body["available"])
                    )
                )
    return found


def write_record(path: Path, team: str, held: Sequence[RoleRecord]) -> None:
    """Add what one drill leaves. The file is this user's alone. Raises OSError."""
    lines = "".join(json.dumps({"team": team, **_plain(one)}, ensure_ascii=False) + "\n" for one in held)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(lines)


def forget_drills(path: Path) -> None:
    """From now on no line says in which drill it was. Raises OSError."""
    if not path.exists():
        return
    lines = [json.dumps(body | {"drill": ""}, ensure_ascii=False) + "\n" for body in _lines(path)]
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("".join(lines))
    draft.replace(path)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [body for body in map(_object, path.read_text(encoding="utf-8").splitlines()) if body]


def _plain(one: RoleRecord) -> dict[str, object]:
    return {**asdict(one), "available": sorted(one.available)}


def week_of(wall: float) -> str:
    """`2026-W48`: the ISO week, in UTC."""
    year, week, _ = datetime.fromtimestamp(wall, UTC).isocalendar()
    return f"{year}-W{week:02}"


def roles_in(path: Path, drill: str) -> list[Role]:
    """The roles of one drill in the order of its record: the most junior first. Empty where there is none."""
    with suppress(OSError):
        return [Role(body["role"]) for body in _lines(path) if body.get("drill") == drill]
    return []


def _object(line: str) -> dict[str, Any]:
    with suppress(ValueError):
        body = json.loads(line)
        if isinstance(body, dict) and body.get("role") in set(Role):
            return body
    return {}


def held_in(drill: str, wall: float, holders: Iterable[tuple[Role, str]], available: Iterable[str]) -> list[RoleRecord]:
    """One drill's part of the record, in the order of `holders`."""
    there = frozenset(available)
    return [RoleRecord(drill, week_of(wall), person, role, there) for role, person in holders]
