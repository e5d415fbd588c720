"""The review draft as Markdown, for the team to complete."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from typing_extensions import override

from gameday.events import Event
from gameday.printable import single_line
from gameday.review.assemble import build_document
from gameday.review.document import (
    BLANK_FIELD,
    BlankTable,
    Block,
    Bullets,
    Form,
    Para,
    Picture,
    Prompt,
    ReviewDocument,
    Section,
    Table,
    render_marks,
)
from gameday.review.managed_blocks import USAGE, draft_with_record, wrap_block
from gameday.scorecards.scorecard import Scorecard

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, slots=True)
class MarkdownSection:
    """A section as Markdown. `body` is updated; `head` and `tail` belong to people once they are written."""

    id: str
    title: str
    head: str
    body: str
    tail: str

    @override
    def __str__(self) -> str:
        return self.head + wrap_block(self.id, self.body) + self.tail


def render_draft(
    events: Sequence[Event], card: Scorecard, names: Mapping[str, str] | None = None, form: Form = "light"
) -> str:
    """Return the whole draft. `names`: name or handle to role."""
    return render_markdown(build_document(events, card, names, form))


def render_markdown(review: ReviewDocument) -> str:
    """Return the document as Markdown, with its managed blocks."""
    written = [f"{key}: {_yaml(value)}" for key, value in review.front if value]
    blank = [f"{key}:  # {hint}" for key, hint in review.blanks]
    front = "\n".join(["---", *written, *blank, "---"])
    parts = split_parts(review)
    shown = [f"# {_text(review.title)}", f"> {_text(review.banner)}", *map(str, parts)]
    return draft_with_record(
        f"{front}\n\n{USAGE}\n", "\n\n" + "\n\n".join(shown) + "\n", review.form, tuple(part.id for part in parts)
    )


def split_parts(review: ReviewDocument) -> tuple[MarkdownSection, ...]:
    """Return its sections, in order."""
    picture = f"{dict(review.front)['id']}.html#picture"
    return tuple(_part(section, picture) for section in review.sections)


def _part(section: Section, picture: str) -> MarkdownSection:
    body = "\n\n".join(_block(block, picture) for block in section.generated_blocks)
    tail = "".join(f"\n\n{_block(block, picture)}" for block in section.human_blocks)
    return MarkdownSection(section.id, section.title, f"## {section.title}\n\n", body, tail)


def _block(block: Block, picture: str) -> str:
    match block:
        case Para(text):
            return _text(text)
        case Bullets(items):
            return "\n".join(f"- {_text(item)}" for item in items)
        case Prompt(question):
            return f"{_text(question)}\n\n{BLANK_FIELD}"
        case Picture(caption):
            return f"[{_text(caption)}]({picture})"
        case Table(head, rows, caption):
            return _table(head, rows) + (f"\n\n{_text(caption)}" if caption else "")
        case BlankTable(head):
            return _table(head, [(" ",) * len(head)])


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join([_row(head), _row(["---"] * len(head)), *(_row(map(_text, row)) for row in rows)])


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _text(text: str) -> str:
    """Escape a text, so that people's words do not turn into markup."""
    return render_marks(text, lambda raw: _SPECIAL.sub(r"\\\1", raw), ("`", "`", "**", "**"))


def _yaml(text: str) -> str:
    value = single_line(text)
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", value) and value.casefold() not in ("yes", "no", "on", "off", "null")
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
