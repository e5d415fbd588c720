"""The review draft as Markdown, for the team to finish."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gameday.model import Event, Reading
from gameday.review.content import document
from gameday.review.document import BLANK, Block, Bullets, Document, Para, Picture, Prompt, Table, marked
from gameday.scorecards.card import Scorecard

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


def draft(
    events: Sequence[Event], readings: Sequence[Reading], card: Scorecard, names: Mapping[str, str] | None = None
) -> str:
    """The whole draft. `names`: name or handle to role."""
    return markdown(document(events, readings, card, names), f"{card.drill}.html#picture")


def markdown(made: Document, picture: str) -> str:
    """The document as Markdown; `picture`: what its picture's link leads to."""
    front = "\n".join(f"{key}: {_yaml(value)}" for key, value in made.front if value)
    parts = [f"---\n{front}\n---", f"# {_text(made.title)}", f"> {_text(made.banner)}"]
    for section in made.sections:
        parts.append(f"## {section.title}")
        parts += [_block(block, picture) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Block, picture: str) -> str:
    match block:
        case Para(text):
            return _text(text)
        case Bullets(items):
            return "\n".join(f"- {_text(item)}" for item in items)
        case Prompt(question):
            return f"{_text(question)}\n{BLANK}"
        case Picture(caption):
            return f"[{_text(caption)}]({picture})"
        case Table(head, rows, caption):
            lines = [_row(head), _row(["---"] * len(head)), *(_row(map(_text, row)) for row in rows)]
            return "\n".join(lines) + (f"\n\n{_text(caption)}" if caption else "")


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _text(said: str) -> str:
    """Escaped, so that nobody's words turn into markup."""
    return marked(said, lambda text: _SPECIAL.sub(r"\\\1", text), ("`", "`", "**", "**"))


def _yaml(value: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", value) and value.casefold() not in ("yes", "no", "on", "off", "null")
    return value if plain else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
