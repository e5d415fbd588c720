"""Managed blocks of a draft: what the program writes, enclosed in comments with a digest.

A block is updated while its digest matches, which is while nobody has edited it. The note at the top lists the
sections that were written, so that one that people removed is not added again.
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
_COMMENT = re.compile(
    r"^<!-- (?:gd:(?:auto|end|draft)\b[a-z0-9 -]*?|Yours to complete\..*?) ?-->[ \t]*\r?$", re.MULTILINE
)
USAGE = "<!-- Yours to complete. Text between gd:auto and gd:end is updated until somebody edits it. -->"


@dataclass(frozen=True, slots=True)
class ManagedBlock:
    """A block of a draft, from `start` to `end`. `is_ours`: nobody has edited it."""

    id: str
    start: int
    end: int
    is_ours: bool
    crlf: bool


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """The sections that were written, their form, and the digest of everything else as first written."""

    form: Form
    digest: str
    ids: tuple[str, ...]


def digest_block(text: str) -> str:
    """Return 12 hex digits for any text that a file can hold, invalid bytes included."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def wrap_block(name: str, body: str) -> str:
    """Return the block as it is written, with its two comments."""
    inner = f"\n{body}\n\n" if body else ""
    return f"<!-- gd:auto {name} {digest_block(inner)} -->\n{inner}<!-- gd:end -->"


def find_blocks(text: str) -> Iterator[ManagedBlock]:
    """Yield every complete block, in order. One with broken comments is plain text, and so belongs to people."""
    for match in _BLOCK.finditer(text):
        # git and some editors convert all line endings, which is no edit
        crlf = match[0].count("\n") == match[0].count("\r\n")
        inner = match["body"].replace("\r\n", "\n") if crlf else match["cr"] + match["body"]
        yield ManagedBlock(match["id"], match.start(), match.end(), digest_block(inner) == match["digest"], crlf)


def record_comment(note: DraftRecord) -> str:
    return " ".join(["<!-- gd:draft", note.form, note.digest, *note.ids, "-->"])


def draft_with_record(above: str, below: str, form: Form, ids: tuple[str, ...]) -> str:
    """Return a new draft: its note between the two parts."""
    return above + record_comment(DraftRecord(form, _digest_of_all(above, below, form, ids), ids)) + below


def _digest_of_all(above: str, below: str, form: Form, ids: tuple[str, ...]) -> str:
    return digest_block("\n".join([above, below, form, *ids]))


def find_record(text: str) -> tuple[DraftRecord, int, int] | None:
    """Return the note with its start and end; None if somebody removed it."""
    match = _NOTE.search(text)
    if match is None:
        return None
    form: Form = "full" if match["form"] == "full" else "light"
    return DraftRecord(form, match["digest"], tuple(match["ids"].split())), match.start(), match.end()


def strip_comments(text: str) -> str:
    """Return the draft without the program's own comments."""
    return _COMMENT.sub("", text)


def is_unedited(text: str) -> bool:
    """Return True if every byte is as first written."""
    marked = find_record(text)
    if marked is None:
        return False
    note, start, end = marked
    return _digest_of_all(text[:start], text[end:], note.form, note.ids) == note.digest
