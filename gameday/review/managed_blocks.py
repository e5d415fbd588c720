"""What in a draft's Markdown is ours: fenced by comments that no reader of the page sees, with a digest each.

A block between fences is refreshed while its digest is right, which is while nobody has changed it. The note at the
top says which sections were ever written, so that one that people took out is not put back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from gameday.review.document import Form

_BLOCK = re.compile(
    r"^<!-- gd:auto (?P<id>[a-z-]+) (?P<digest>[0-9a-f]{12}) -->(?P<cr>\r?)\n"
    r"(?P<body>(?:(?!<!-- gd:(?:auto|end)\b).*\n)*?)<!-- gd:end -->",
    re.MULTILINE,
)
_NOTE = re.compile(
    r"^<!-- gd:draft (?P<form>" + "|".join(get_args(Form)) + r") (?P<digest>[0-9a-f]{12})(?P<ids>(?: [a-z-]+)*) -->",
    re.MULTILINE,
)
HOW = "<!-- Yours to finish. What stands between gd:auto and gd:end is kept fresh until somebody changes it. -->"


@dataclass(frozen=True, slots=True)
class ManagedBlock:
    """A fenced block of a draft, from `start` to `end`. `ours`: nobody has changed it."""

    id: str
    start: int
    end: int
    ours: bool
    crlf: bool


@dataclass(frozen=True, slots=True)
class Note:
    """Which sections were written, in which form, and the digest of all the rest as it was first written."""

    form: Form
    digest: str
    ids: tuple[str, ...]


def digest(text: str) -> str:
    """12 hex digits; of any text a file can hold, broken bytes too."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def wrap_block(name: str, body: str) -> str:
    """The block as it is written, ending in its closing fence."""
    inner = f"\n{body}\n\n" if body else ""
    return f"<!-- gd:auto {name} {digest(inner)} -->\n{inner}<!-- gd:end -->"


def blocks(text: str) -> Iterator[ManagedBlock]:
    """Every whole block, in order. One whose fences are broken is plain text, and so people's."""
    for match in _BLOCK.finditer(text):
        # git and some editors change every line's end, which is no change of the text
        crlf = match[0].count("\n") == match[0].count("\r\n")
        inner = match["body"].replace("\r\n", "\n") if crlf else match["cr"] + match["body"]
        yield ManagedBlock(match["id"], match.start(), match.end(), digest(inner) == match["digest"], crlf)


def note_comment(note: Note) -> str:
    return " ".join(["<!-- gd:draft", note.form, note.digest, *note.ids, "-->"])


def draft_with_note(above: str, below: str, form: Form, ids: tuple[str, ...]) -> str:
    """A whole new draft: its note between the two parts."""
    return above + note_comment(Note(form, _of_all(above, below, form, ids), ids)) + below


def _of_all(above: str, below: str, form: Form, ids: tuple[str, ...]) -> str:
    return digest("\n".join([above, below, form, *ids]))


def find_note(text: str) -> tuple[Note, int, int] | None:
    """The note and where it stands; None where somebody took it out."""
    match = _NOTE.search(text)
    if match is None:
        return None
    form: Form = "full" if match["form"] == "full" else "light"
    return Note(form, match["digest"], tuple(match["ids"].split())), match.start(), match.end()


def is_unedited(text: str) -> bool:
    """Whether every byte is as it was first written."""
    found = find_note(text)
    if found is None:
        return False
    note, start, end = found
    return _of_all(text[:start], text[end:], note.form, note.ids) == note.digest
