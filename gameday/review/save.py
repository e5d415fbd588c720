"""Writing a review down: two files that carry the drill's id and nothing else in their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gameday.atomic_file import write_atomically
from gameday.errors import InternalError
from gameday.events import Event
from gameday.model import Reading
from gameday.review.assemble import document
from gameday.review.document import Document, Form
from gameday.review.markdown import markdown
from gameday.review.merge_edits import Refreshed, refresh
from gameday.scorecards.scorecard import scorecard

_TRIES = 5
"""How often somebody may save the draft in the moment in which we write it."""


@dataclass(frozen=True, slots=True)
class Written:
    """Where the review lies: the Markdown that the team finishes, and the page. `made`: what became of an earlier
    draft; None where there was none."""

    markdown: Path
    page: Path
    made: Refreshed | None


def write_review(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None,
    form: Form | None = None,
) -> Written:  # fmt: skip
    """Draft the review into the folder, made if need be, or make the draft that lies there fresh; `form` None: light,
    or as that draft is. Raises ProgramFailed when the folder cannot be written."""
    path, made = _drafted(events, readings, folder, names, form)
    shown = form or (made.form if made else "light")
    return Written(path, write_page(events, readings, folder, names, shown), made)


def write_draft(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None
) -> Path:
    """The Markdown alone, as `write_review` does it."""
    return _drafted(events, readings, folder, names, None)[0]


def write_page(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None = None,
    form: Form = "light",
) -> Path:  # fmt: skip
    """The page with the picture, written over the one before. Raises ProgramFailed when it cannot be written."""
    from gameday.review.html import page

    card = scorecard(events, readings)
    text = page(events, readings, card, names, form)
    with _writing(folder, card.drill):
        shown = folder / f"{card.drill}.html"
        write_atomically(shown, text)
        return shown


def _drafted(
    events: Sequence[Event], readings: Sequence[Reading], folder: Path, names: Mapping[str, str] | None,
    form: Form | None,
) -> tuple[Path, Refreshed | None]:  # fmt: skip
    card = scorecard(events, readings)
    fresh: dict[Form, Document] = {
        "light": document(events, card, names, "light"), "full": document(events, card, names, "full"),
    }  # fmt: skip
    with _writing(folder, card.drill):
        path = folder / f"{card.drill}.md"
        return path, _save_or_merge(path, fresh, form)


@contextmanager
def _writing(folder: Path, drill: str) -> Iterator[None]:
    """The folder is there, and what goes wrong is said."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InternalError(
            f"the review could not be written to {folder}: {error.strerror}",
            f"Nothing is lost: gameday review draft {drill} --into FOLDER writes it again.",
        ) from error


def _save_or_merge(path: Path, fresh: Mapping[Form, Document], form: Form | None) -> Refreshed | None:
    """Write the draft, or make the one there fresh. Somebody who saves it meanwhile is not overtaken."""
    for _ in range(_TRIES):
        before = path.read_bytes() if path.exists() else None
        made = None if before is None else refresh(before.decode("utf-8", "surrogateescape"), fresh, form)
        text = markdown(fresh[form or "light"]) if made is None else made.text
        data = text.encode("utf-8", "surrogateescape")
        if data == before or write_atomically(path, data, expected=before):
            return made
    raise InternalError("somebody is writing the draft at this moment", f"Nothing is lost: try again. It is {path}.")
