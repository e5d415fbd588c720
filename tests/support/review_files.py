"""Reviews as files, with action items as people write them, and the drills they belong to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from support.drill_factory import DRILL, Made

from gameday.events import NewEvent
from gameday.process_identity import current_process
from gameday.store.open import open_store
from gameday.store.paths import DataFolder


def stored(folder: Path, made: Made, drill: str = DRILL, mode: str = "facilitated") -> None:
    """Store a drill, so that its review counts as one of this project."""
    store = open_store(DataFolder(folder))
    epoch = store.begin(drill, "staging", mode, "", current_process())
    store.append(drill, [NewEvent(e.body, e.happened, e.source, e.role) for e in made.events], epoch)
    store.close()


def review(
    folder: Path, *items: str, drill: str = DRILL, status: str = "Draft", kind: str = "dependency-latency",
    environment: str = "staging", due: str = "2026-03-06 14:21 UTC",
) -> Path:  # fmt: skip
    """Write a review next to the store in `folder`, as the team filled it in; return its path."""
    front = {
        "id": drill, "drill": "true", "scenario": "db-slowdown", "type": kind, "mode": "facilitated",
        "environment": environment, "status": status, "review due": f'"{due}"',
    }  # fmt: skip
    head = "\n".join(["---", *(f"{key}: {value}" for key, value in front.items()), "---"])
    file = folder / "reviews" / f"{drill}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([head, "", "# A drill", "", "## Action items", "", *items, ""]))
    return file


def item(text: str, due: date, mark: str = " ") -> str:
    """Return an action item as a line of the list."""
    return f"- [{mark}] {text}; type: prevent; team: payments; due: {due}; done when: the load test passes"
