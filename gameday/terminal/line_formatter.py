"""Lines of styled text that fit a width: sanitized, truncated, padded to columns."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from gameday.terminal.glyphs import Glyphs, sanitize

StyledText = str | tuple[str, str]
"""Text, or text with a rich style."""


MIN_WRAP_WIDTH = 8
"""Cells beside the indent below which a line is truncated, not wrapped."""


@dataclass(frozen=True, slots=True)
class LineFormatter:
    """Formatter for one width in cells and one set of glyphs."""

    width: int
    glyphs: Glyphs

    def line(self, *pieces: StyledText, style: str = "") -> Text:
        """Return one line; an ellipsis marks where it was truncated."""
        line = Text(style=style, no_wrap=True, end="")
        for piece in pieces:
            text, piece_style = piece if isinstance(piece, tuple) else (piece, "")
            line.append(sanitize(text, self.glyphs), piece_style or None)
        return self.truncate(line, self.width)

    def wrap(self, *pieces: StyledText, indent: int = 0) -> list[Text]:
        """Return as many lines as the pieces need; those after the first are indented."""
        rest = Text(no_wrap=True, end="")
        for piece in pieces:
            text, piece_style = piece if isinstance(piece, tuple) else (piece, "")
            rest.append(sanitize(text, self.glyphs), piece_style or None)
        rest.rstrip()  # trailing spaces need no line of their own
        lines: list[Text] = []
        while rest.cell_len > self.width > indent + MIN_WRAP_WIDTH:
            head, rest = rest.divide([_break_offset(rest.plain, self.width, indent)])
            head.rstrip()
            head.end, head.no_wrap = "", True
            lines.append(head)
            words = rest.plain.lstrip()
            rest = Text.assemble(
                " " * indent, rest[len(rest.plain) - len(words) :] if words else "", end="", no_wrap=True
            )
        return [*lines, self.truncate(rest, self.width)]

    def truncate(self, line: Text, width: int) -> Text:
        if line.cell_len > width:
            line.truncate(max(0, width - len(self.glyphs.more)), overflow="crop")
            line.append(self.glyphs.more[:width])
        return line

    def column(self, text: str, width: int, style: str = "", right: bool = False) -> StyledText:
        """Return text of exactly this width."""
        cell = self.truncate(Text(sanitize(text, self.glyphs)), width)
        padding = " " * (width - cell.cell_len)
        return (padding + cell.plain if right else cell.plain + padding), style

    def heading(self, title: str, note: str = "") -> Text:
        """Return a rule with a title, and a note at its right end."""
        rule = self.glyphs.rule
        fill = self.width - len(title) - len(note) - (6 if note else 4)
        tail = f" {note} {rule}" if note else rule
        return self.line((f"{rule} ", "dim"), (title, "bold"), (f" {rule * max(1, fill)}{tail}", "dim"))

    def split_line(self, begin: list[StyledText], end: list[StyledText], style: str = "") -> Text:
        """Return one line with pieces at both ends; the right end is truncated first."""
        last = self.line(*end)
        first = LineFormatter(max(1, self.width - last.cell_len - 1), self.glyphs).line(*begin, style=style)
        gap = self.width - first.cell_len - last.cell_len
        return self.line(*begin, *end, style=style) if gap < 1 else Text.assemble(first, " " * gap, last, end="")


def _break_offset(text: str, width: int, indent: int) -> int:
    """Return the offset of the last space that fits, else of the last letter."""
    ends = itertools.accumulate(map(cell_len, text))
    limit = next((offset for offset, end in enumerate(ends) if end > width), len(text))
    space = text.rfind(" ", indent + 1, limit + 1)
    return space if space > indent else max(1, limit)
