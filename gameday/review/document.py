"""The review as neutral parts, which Markdown and page both render.

Texts hold no markup of either: code and strong are marked with characters of Unicode's private area, which are removed
from what people said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from gameday.events.text import Style, Text
from gameday.printable import single_line

CODE, END_CODE, STRONG, END_STRONG = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = str.maketrans("", "", CODE + END_CODE + STRONG + END_STRONG)
BLANK_FIELD = "____"
"""A blank that the team fills in."""

Form = Literal["light", "full"]
"""One page, or every section."""


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `caption` says where the rows come from."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question of what or how, and a blank under it."""

    question: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The place of the drill's chart."""

    caption: str


@dataclass(frozen=True, slots=True)
class BlankTable:
    """A table with one empty row for the team."""

    head: tuple[str, ...]


Block = Para | Bullets | Table | Prompt | Picture | BlankTable


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `id`: its name in a draft, the same in both forms; small letters and hyphens."""

    id: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def generated_blocks(self) -> tuple[Block, ...]:
        """The blocks that the program writes, and updates."""
        return tuple(block for block in self.blocks if not isinstance(block, Prompt | BlankTable))

    @property
    def human_blocks(self) -> tuple[Block, ...]:
        """The blocks that belong to people once they are written."""
        return tuple(block for block in self.blocks if isinstance(block, Prompt | BlankTable))


def replace_prompts(section: Section, *prompts: Block) -> Section:
    """Return the section with these questions in place of its own."""
    return replace(section, blocks=(*section.generated_blocks, *prompts))


@dataclass(frozen=True, slots=True)
class ReviewDocument:
    """A whole review. `front`: its front matter, in order; `blanks`: keys that the team fills in, with a hint."""

    form: Form
    front: tuple[tuple[str, str], ...]
    blanks: tuple[tuple[str, str], ...]
    title: str
    banner: str
    sections: tuple[Section, ...]


def plain(text: str) -> str:
    """Return a text of people as one line without our marks."""
    return " ".join(single_line(text.translate(_MARKS)).split())


def code(text: str) -> str:
    return f"{CODE}{plain(text)}{END_CODE}"


def strong(text: str) -> str:
    return f"{STRONG}{plain(text)}{END_STRONG}"


def quoted(text: str) -> str:
    return f"“{plain(text)}”"


def render_text(text: Text) -> str:
    """Return an event's text with our marks; what people said in it is one line without marks."""
    return "".join(_RENDERERS[span.style](span.text) for span in text)


def _spaced(text: str) -> str:
    """Return a plain span with the spaces at its ends, which separate it from its neighbours."""
    return plain(f"|{text}|")[1:-1]


_RENDERERS: dict[Style, Callable[[str], str]] = {
    Style.PLAIN: _spaced, Style.CODE: code, Style.STRONG: strong, Style.QUOTE: quoted,
}  # fmt: skip


def bullets(*items: str) -> tuple[Block, ...]:
    """Return a list of the items that are not empty; nothing if all are."""
    lines = tuple(item for item in items if item)
    return (Bullets(lines),) if lines else ()


def render_marks(text: str, escape: Callable[[str], str], markup: tuple[str, str, str, str]) -> str:
    """Return the text escaped, with our marks replaced by the writer's markup."""
    escaped = escape(single_line(text))
    for mark, replacement in zip((CODE, END_CODE, STRONG, END_STRONG), markup, strict=True):
        escaped = escaped.replace(mark, replacement)
    return escaped
