"""Lines of styled text that fit a width: sanitized, truncated, padded to columns."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from gameday.terminal.glyphs import Glyphs, sanitize

StyledText = str | tuple[str, str]
"""Text, or text with a rich style."""


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
