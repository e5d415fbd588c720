"""Writing a review down: two files that carry the drill's id and nothing else in their names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gameday.errors import ProgramFailed
from gameday.model import Event, Reading
from gameday.review.draft import draft
from gameday.scorecards.card import scorecard


@dataclass(frozen=True, slots=True)
class Written:
    """Where the review lies: the Markdown that the team finishes, and the page."""

    markdown: Path
    page: Path


def write_review(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None
) -> Written:
    """Draft the review into the folder, made if need be: see `write_draft` and `write_page`."""
    return Written(write_draft(events, readings, folder, names), write_page(events, readings, folder, names))


def write_draft(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None
) -> Path:
    """The Markdown that the team finishes. A draft somebody has begun to finish is never written over: the new one
    stands beside it as `gd-7f3a-2.md`. Raises ProgramFailed when the folder cannot be written."""
    card = scorecard(events, readings)
    text = draft(events, readings, card, names)
    with _writing(folder, card.drill):
        return _kept(folder, card.drill, text)


def write_page(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None
) -> Path:
    """The page with the picture, written over the one before. Raises ProgramFailed when it cannot be written."""
    from gameday.review.page import page

    card = scorecard(events, readings)
    text = page(events, readings, card, names)
    with _writing(folder, card.drill):
        shown = folder / f"{card.drill}.html"
        _put(shown, text)
        return shown


@contextmanager
def _writing(folder: Path, drill: str) -> Iterator[None]:
    """The folder is there, and what goes wrong is said."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise ProgramFailed(
            f"the review could not be written to {folder}: {error.strerror}",
            f"Nothing is lost: gameday review {drill} --into FOLDER writes it again.",
        ) from error


def _kept(folder: Path, drill: str, text: str) -> Path:
    """The first free name, or one that holds just this already."""
    path, number = folder / f"{drill}.md", 1
    while path.exists() and path.read_text(encoding="utf-8") != text:
        number += 1
        path = folder / f"{drill}-{number}.md"
    _put(path, text)
    return path


def _put(path: Path, text: str) -> None:
    """Whole or not at all: a full disk leaves no half file."""
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
