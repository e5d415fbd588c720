"""Reviews as files: what the front matter says of each, and its action items."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gameday.errors import Problem
from gameday.review.action_items import ActionItem, ActionSection, read_action_items
from gameday.review.rendered_markdown import split_front_matter
from gameday.suggestions import one_of

STATUSES = ("Draft", "In review", "Reviewed", "Closed")
FINISHED = ("reviewed", "closed")
"""Statuses of a review that the team has finished, in small letters."""
MAX_REVIEW_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """One review as its file says. `type`: the scenario's type; `due`: seconds since 1970, or None.

    `status` is in small letters; empty if it is none of `STATUSES`."""

    path: Path
    drill: str
    scenario: str
    type: str
    mode: str
    environment: str
    status: str
    due: float | None
    actions: ActionSection

    @property
    def is_finished(self) -> bool:
        """True if the team set its status to Reviewed or Closed."""
        return self.status in FINISHED

    @property
    def open_items(self) -> list[ActionItem]:
        return [item for item in self.actions.items if not item.is_done]

    @property
    def problems(self) -> list[Problem]:
        return self.actions.problems


def read_reviews(folder: Path, drills: Collection[str] | None = None) -> list[ReviewFile]:
    """Read the reviews of a folder, those with the earliest due time first; `drills` None: of all drills.

    Other files are left out. Raises OSError if the folder or a file cannot be read."""
    paths = sorted(folder.glob("*.md")) if folder.is_dir() else []
    reviews = [review for path in paths for review in _read(path) if drills is None or review.drill in drills]
    return sorted(reviews, key=lambda review: (review.due or 0.0, review.drill))


def _read(path: Path) -> Iterator[ReviewFile]:
    """Yield the review in a file; nothing if it is another file."""
    if not path.is_file() or path.stat().st_size > MAX_REVIEW_BYTES:
        return
    markdown = path.read_text("utf-8", errors="replace")
    front, _, _ = split_front_matter(markdown)
    if front.get("drill") != "true" or "id" not in front:
        return
    actions = read_action_items(markdown, str(path))
    status = front.get("status", "").strip().casefold()
    if status not in {known.casefold() for known in STATUSES}:
        line = _line_of(markdown, "status:")
        actions.problems.append(Problem(str(path), line, 1, f"unknown status {status!r}", one_of(STATUSES)))
        status = ""
    yield ReviewFile(
        path, front["id"], front.get("scenario", ""), front.get("type", ""), front.get("mode", ""),
        front.get("environment", ""), status, _parse_due(front.get("review due", "")), actions,
    )  # fmt: skip


def _line_of(markdown: str, key: str) -> int:
    lines = markdown.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith(key)), 1)


def _parse_due(text: str) -> float | None:
    """Return the time in `2026-03-06 14:21 UTC`; None for another text."""
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M UTC").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
