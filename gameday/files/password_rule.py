"""Rule for every text of a file: no password in an address. Plans, logs and reviews would show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from gameday.files.yaml_document import KeyPath, YamlDocument
from gameday.model import Json

_PASSWORD_IN_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^/?#\s@$]{0,200}:[^/?#\s@$]{1,200}@")
"""A literal password: `${NAME}` is filled in later."""
_CHECKED_ELSEWHERE = "url"
"""Targets and probes have rules of their own for this key, which refuse a user name too."""


def check_passwords(document: YamlDocument) -> None:
    """Refuse a password in an address, in commands and other texts too. The problem does not repeat it.

    A target's settings are checked with their variables filled in, because intents hold them like that."""
    targets = ((path, text) for path, text in _iter_texts(document.data) if "targets" in path)
    for path, text in chain(_iter_texts(document.written), targets):
        if "@" in text and path[-1:] != (_CHECKED_ELSEWHERE,) and _PASSWORD_IN_URL.search(text):
            wrong = "an address contains a password, which plans and logs would show"
            document.add_problem(path, wrong, "read it from the environment or a file")


def _iter_texts(data: Json, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield every text with its path."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _iter_texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _iter_texts(value, (*path, index))
