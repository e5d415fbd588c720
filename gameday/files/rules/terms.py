"""Rule for terms in braces: every `{term}` has a default, or a value in the environment."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.files import raw_access
from gameday.files.terms import find_placeholders
from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Environment, Json
from gameday.suggestions import did_you_mean


def check_terms(document: YamlDocument, environment: Environment | None) -> None:
    """Note each term that has no value."""
    known = {*raw_access.get_map(document.data, "requires", "terms"), *(environment.terms if environment else ())}
    for path, text in _texts(document.data):
        for word in find_placeholders(text):
            if word not in known:
                document.add_problem(
                    path, f"unknown term {{{word}}}", did_you_mean(word, known) or "add a default to requires.terms"
                )


def _texts(data: Json) -> Iterator[tuple[KeyPath, str]]:
    places: list[KeyPath] = [("hypothesis", "statement"), ("page", "say")]
    for section, under in (("targets", ()), ("actions", ()), ("signals", ("means",))):
        places += [("requires", section, name, *under) for name in raw_access.get_map(data, "requires", section)]
    places += [(*path, key) for path, _ in raw_access.iter_maps(data, "messages") for key in ("say", "look_for")]
    places += [(*path, "means") for path, _ in raw_access.iter_expectations(data)]
    for path in places:
        if isinstance(text := raw_access.get_path(data, *path), str) and "{" in text:
            yield path, text
    yield from raw_access.iter_texts(data, "debrief")
