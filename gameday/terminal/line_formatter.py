"""Writes lines of styled text that fit: cleaned, cut to a width, padded to columns."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from gameday.terminal.glyphs import Glyphs, sanitize

StyledText = str | tuple[str, str]
"""Text, or text with a rich style."""


@dataclass(frozen=True, slots=True)
class LineFormatter:
    """For one width, in cells, and one set of signs."""

    width: int
    signs: Glyphs

    def line(self, *pieces: StyledText, style: str = "") -> Text:
        """One line; what does not fit is cut off, with a sign that it was."""
        found = Text(style=style, no_wrap=True, end="")
        for piece in pieces:
            words, look = piece if isinstance(piece, tuple) else (piece, "")
            found.append(sanitize(words, self.signs), look or None)
        return self.truncate(found, self.width)

    def truncate(self, found: Text, width: int) -> Text:
        if found.cell_len > width:
            found.truncate(max(0, width - len(self.signs.more)), overflow="crop")
            found.append(self.signs.more[:width])
        return found

    def column(self, words: str, width: int, style: str = "", right: bool = False) -> StyledText:
        """Exactly so wide."""
        found = self.truncate(Text(sanitize(words, self.signs)), width)
        gap = " " * (width - found.cell_len)
        return (gap + found.plain if right else found.plain + gap), style

    def heading(self, words: str, after: str = "") -> Text:
        """A rule with a title, and what belongs beside it on the right."""
        rule = self.signs.rule
        fill = self.width - len(words) - len(after) - (6 if after else 4)
        tail = f" {after} {rule}" if after else rule
        return self.line((f"{rule} ", "dim"), (words, "bold"), (f" {rule * max(1, fill)}{tail}", "dim"))

    def split_line(self, begin: list[StyledText], end: list[StyledText], style: str = "") -> Text:
        """Pieces at both ends of one line; where they do not fit, the right end gives way."""
        last = self.line(*end)
        first = LineFormatter(max(1, self.width - last.cell_len - 1), self.signs).line(*begin, style=style)
        gap = self.width - first.cell_len - last.cell_len
        return self.line(*begin, *end, style=style) if gap < 1 else Text.assemble(first, " " * gap, last, end="")
