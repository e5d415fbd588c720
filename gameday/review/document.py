"""The review as plain parts, made once and written twice: as Markdown and as a page.

Texts hold no markup of either; what is code or strong is marked with characters from Unicode's private area, which
people's own words are cleaned of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from gameday.events.text import Style, Text

CODE, END_CODE, STRONG, END_STRONG = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = str.maketrans("", "", CODE + END_CODE + STRONG + END_STRONG)
BLANK_FIELD = "____"
"""What is left for the team to write."""

Form = Literal["light", "full"]
"""One page of five headings, or all sixteen sections."""


@dataclass(frozen=True, slots=True)
class Para:
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`caption` says where the rows come from."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question of what or how, and a blank under it."""

    question: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Where the picture of the drill stands."""

    caption: str


@dataclass(frozen=True, slots=True)
class Fields:
    """A table whose one row is left to the team."""

    head: tuple[str, ...]


Block = Para | Bullets | Table | Prompt | Picture | Fields


@dataclass(frozen=True, slots=True)
class Section:
    """`id`: its name in a draft, the same in both forms; small letters and hyphens."""

    id: str
    title: str
    blocks: tuple[Block, ...]

    @property
    def generated_blocks(self) -> tuple[Block, ...]:
        """What the drill says: made anew as often as needed."""
        return tuple(block for block in self.blocks if not isinstance(block, Prompt | Fields))

    @property
    def human_blocks(self) -> tuple[Block, ...]:
        """What people are asked: theirs, once it is written down."""
        return tuple(block for block in self.blocks if isinstance(block, Prompt | Fields))


def with_prompts(section: Section, *asked: Block) -> Section:
    """The section as the full review has it: its own questions in the place of the light one's."""
    return replace(section, blocks=(*section.generated_blocks, *asked))


@dataclass(frozen=True, slots=True)
class Document:
    """A whole review. `front`: its front matter, in order; `blanks`: keys of it that the team fills, with a hint."""

    form: Form
    front: tuple[tuple[str, str], ...]
    blanks: tuple[tuple[str, str], ...]
    title: str
    banner: str
    sections: tuple[Section, ...]


def plain(said: str) -> str:
    """Somebody's own words: one line, and none of our marks in them."""
    return " ".join(said.translate(_MARKS).split())


def code(said: str) -> str:
    return f"{CODE}{plain(said)}{END_CODE}"


def strong(said: str) -> str:
    return f"{STRONG}{plain(said)}{END_STRONG}"


def quoted(said: str) -> str:
    """As spoken."""
    return f"“{plain(said)}”"


def render_text(text: Text) -> str:
    """Return an event's text with our marks; what people said in it is one line without marks."""
    return "".join(_RENDERERS[span.style](span.text) for span in text)


def _spaced(said: str) -> str:
    """Keep the space around a span: it parts it from its neighbours."""
    return plain(f"|{said}|")[1:-1]


_RENDERERS: dict[Style, Callable[[str], str]] = {
    Style.PLAIN: _spaced, Style.CODE: code, Style.STRONG: strong, Style.QUOTE: quoted,
}  # fmt: skip


def bullets(*items: str) -> tuple[Block, ...]:
    """A list of those that say something; none at all when nothing is said."""
    said = tuple(item for item in items if item)
    return (Bullets(said),) if said else ()


def render_marks(said: str, escape: Callable[[str], str], marks: tuple[str, str, str, str]) -> str:
    """The text, escaped, with our marks as the writer's own."""
    text = escape(said)
    for ours, theirs in zip((CODE, END_CODE, STRONG, END_STRONG), marks, strict=True):
        text = text.replace(ours, theirs)
    return text
