"""Words in braces: every `{word}` of a text has a default or is the environment's own."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw
from gameday.files.document import Document, Path
from gameday.files.shape import suggest
from gameday.files.words import used
from gameday.model import Environment, Json


def words(found: Document, environment: Environment | None) -> None:
    """Note each word that nobody fills."""
    known = {*raw.table(found.data, "needs", "words"), *(environment.words if environment else ())}
    for path, text in _texts(found.data):
        for word in used(text):
            if word not in known:
                found.wrong(
                    path, f"unknown word {{{word}}}", suggest(word, known) or "give it a default in needs.words"
                )


def _texts(data: Json) -> Iterator[tuple[Path, str]]:
    places: list[Path] = [("hypothesis", "say"), ("page", "say")]
    places += [("needs", "targets", name) for name in raw.table(data, "needs", "targets")]
    places += [(*path, key) for path, _ in raw.tables(data, "course") for key in ("say", "look_for")]
    places += [(*path, "tells") for path, _ in raw.expectations(data)]
    for path in places:
        if isinstance(text := raw.at(data, *path), str) and "{" in text:
            yield path, text
    yield from raw.texts(data, "debrief")
