"""Changes of single drills that people ask for: a swap of two people, and a declined drill. Without any reason.

One JSON object per line. Past changes are removed with the next one, so that nobody can count them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gameday.atomic_file import write_atomically


@dataclass(frozen=True, slots=True)
class RotationChange:
    """Two people who swap their roles on a day (`2026-12-08`), or, with `other` empty, one who declines.

    The day is local to the roster's time zone.
    """

    day: str
    person: str
    other: str = ""

    def concerns(self, person_id: str) -> bool:
        """Return True if the change is one of this person."""
        return person_id in (self.person, self.other)


def load_changes(path: Path, team: str) -> tuple[RotationChange, ...]:
    """Load the team's changes, oldest first; skip invalid lines. Raises OSError for an unreadable file."""
    return tuple(change for change_team, change in _read(path) if change_team == team)


def save_changes(path: Path, team: str, changes: Sequence[RotationChange], today: str) -> None:
    """Replace the team's changes, without those before `today`. Only this user can read the file. Raises OSError."""
    others = [(name, change) for name, change in _read(path) if name != team]
    kept = [(name, change) for name, change in [*others, *((team, each) for each in changes)] if change.day >= today]
    lines = [json.dumps({"team": name, **asdict(change)}, ensure_ascii=False) + "\n" for name, change in kept]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, "".join(lines), mode=0o600)


def _read(path: Path) -> list[tuple[str, RotationChange]]:
    changes: list[tuple[str, RotationChange]] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        with suppress(ValueError, KeyError, TypeError):
            body: dict[str, Any] = json.loads(line)
            changes.append((body["team"], RotationChange(body["day"], body["person"], body["other"])))
    return changes
