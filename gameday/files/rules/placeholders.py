"""Words in braces: every `{word}` of a text has a default or is the environment's own."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.placeholders import placeholders_in
from gameday.files.schema_validation import did_you_mean
from gameday.files.yaml_document import Document, KeyPath
from gameday.model import Environment, Json


def words(found: Document, environment: Environment | None) -> None:
    """Note each word that nobody fills."""
    known = {*raw_access.get_map(found.data, "needs", "words"), *(environment.words if environment else ())}
    for path, text in _texts(found.data):
        for word in placeholders_in(text):
            if word not in known:
                found.add_problem(
                    path, f"unknown word {{{word}}}", did_you_mean(word, known) or "give it a default in needs.words"
                )


def _texts(data: Json) -> Iterator[tuple[KeyPath, str]]:
    places: list[KeyPath] = [("hypothesis", "say"), ("page", "say")]
    places += [("needs", "targets", name) for name in raw_access.get_map(data, "needs", "targets")]
    places += [(*path, key) for path, _ in raw_access.iter_maps(data, "course") for key in ("say", "look_for")]
    places += [(*path, "tells") for path, _ in raw_access.expectations(data)]
    for path in places:
        if isinstance(text := raw_access.get_path(data, *path), str) and "{" in text:
            yield path, text
    yield from raw_access.iter_texts(data, "debrief")
