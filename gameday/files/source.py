"""A file's text, or the problem that keeps us from it."""

from __future__ import annotations

from pathlib import Path

from gameday.errors import Problem
from gameday.files.document import Document, parse_document
from gameday.files.yaml_nodes import MAX_CHARS

_MOST = 4 * MAX_CHARS + 1
"""More than the longest text there may be, in bytes: a device that never ends is not read for ever."""


def read_document(path: Path) -> Document:
    """The document in the file; never raises: an unreadable file is a document with one problem."""
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST)
    except IsADirectoryError:
        return _no_text(name, "this is a folder, not a file")
    except FileNotFoundError:
        return _no_text(name, "there is no such file")
    except (OSError, ValueError) as error:
        return _no_text(name, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    try:
        return parse_document(raw.decode("utf-8"), name)
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        return _no_text(name, "this is not UTF-8 text", line, column, "save the file as UTF-8")


def _no_text(name: str, wrong: str, line: int = 1, column: int = 1, suggestion: str = "") -> Document:
    return Document(name, problems=[Problem(name, line, column, wrong, suggestion)])
