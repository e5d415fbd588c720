"""Saving a review: two files named for the drill and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gameday.atomic_file import write_atomically
from gameday.errors import BadArguments, InternalError
from gameday.events import Event, without_retracted
from gameday.model import Reading
from gameday.review.assemble import build_document
from gameday.review.document import Form, ReviewDocument
from gameday.review.markdown import render_markdown
from gameday.review.merge_edits import MergedDraft, merge_edits
from gameday.scorecards.scorecard import build_scorecard

_MAX_ATTEMPTS = 5
"""Attempts to save, each lost to somebody who saves the draft at the same moment."""


@dataclass(frozen=True, slots=True)
class SavedReview:
    """Paths of the review: the Markdown that the team completes, and the page.

    `merged`: the outcome for an earlier draft; None if there was none.
    """

    markdown: Path
    page: Path
    merged: MergedDraft | None


def write_review(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None,
    form: Form | None = None,
) -> SavedReview:  # fmt: skip
    """Draft the review into the folder, or update the draft there; raises InternalError if that cannot be written.

    `form` None: light, or as the draft is.
    """
    path, merged = _save_draft(events, readings, folder, names, form)
    return SavedReview(path, write_page(events, readings, folder, names), merged)


def write_draft(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None
) -> Path:
    """Draft the Markdown alone, as `write_review` does."""
    return _save_draft(events, readings, folder, names, None)[0]


def write_page(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None
) -> Path:
    """Write the page from the Markdown in the folder, with the chart, over an earlier page.

    Raises BadArguments if there is no Markdown, InternalError if the page cannot be written.
    """
    from gameday.review.html import render_page

    events = without_retracted(events)
    card = build_scorecard(events, readings)
    source = folder / f"{card.drill}.md"
    with _writable(folder, card.drill):
        if not source.exists():
            raise BadArguments(f"no review at {source}", f"Draft it: gameday review draft {card.drill}")
        path = folder / f"{card.drill}.html"
        markdown = source.read_text("utf-8", errors="replace")
        write_atomically(path, render_page(markdown, events, readings, card, names))
        return path


def _save_draft(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None,
    form: Form | None,
) -> tuple[Path, MergedDraft | None]:  # fmt: skip
    events = without_retracted(events)
    card = build_scorecard(events, readings)
    current: dict[Form, ReviewDocument] = {
        "light": build_document(events, card, names, "light"), "full": build_document(events, card, names, "full"),
    }  # fmt: skip
    with _writable(folder, card.drill):
        path = folder / f"{card.drill}.md"
        return path, _save_or_merge(path, current, form)


@contextmanager
def _writable(folder: Path, drill: str) -> Iterator[None]:
    """Create the folder, and turn an error of the file system into a message."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InternalError(
            f"the review could not be written to {folder}: {error.strerror}",
            f"Nothing is lost: run gameday review draft {drill} --into FOLDER to write it again.",
        ) from error


def _save_or_merge(path: Path, current: Mapping[Form, ReviewDocument], form: Form | None) -> MergedDraft | None:
    """Save a new draft, or update the one there without overwriting what somebody saves at the same moment."""
    for _ in range(_MAX_ATTEMPTS):
        before = path.read_bytes() if path.exists() else None
        merged = None if before is None else merge_edits(before.decode("utf-8", "surrogateescape"), current, form)
        text = render_markdown(current[form or "light"]) if merged is None else merged.text
        data = text.encode("utf-8", "surrogateescape")
        if data == before or write_atomically(path, data, expected=before):
            return merged
    raise InternalError(f"somebody keeps saving {path} at the same time", "Nothing is lost: try again.")
