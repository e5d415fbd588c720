"""Writes lines of styled text that fit: cleaned, cut to a width, padded to columns."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from gameday.terminal.signs import Signs, clean

Piece = str | tuple[str, str]
"""Text, or text with a rich style."""


@dataclass(frozen=True, slots=True)
class Pen:
    """For one width, in cells, and one set of signs."""

    width: int
    signs: Signs

    def line(self, *pieces: Piece, style: str = "") -> Text:
        """One line; what does not fit is cut off, with a sign that it was."""
        found = Text(style=style, no_wrap=True, end="")
        for piece in pieces:
            words, look = piece if isinstance(piece, tuple) else (piece, "")
            found.append(clean(words, self.signs), look or None)
        return self.cut(found, self.width)

    def cut(self, found: Text, width: int) -> Text:
        if found.cell_len > width:
            found.truncate(max(0, width - len(self.signs.more)), overflow="crop")
            found.append(self.signs.more[:width])
        return found

    def column(self, words: str, width: int, style: str = "", right: bool = False) -> Piece:
        """Exactly so wide."""
        found = self.cut(Text(clean(words, self.signs)), width)
        gap = " " * (width - found.cell_len)
        return (gap + found.plain if right else found.plain + gap), style

    def heading(self, words: str, after: str = "") -> Text:
        """A rule with a title, and what belongs beside it on the right."""
        rule = self.signs.rule
        fill = self.width - len(words) - len(after) - (6 if after else 4)
        tail = f" {after} {rule}" if after else rule
        return self.line((f"{rule} ", "dim"), (words, "bold"), (f" {rule * max(1, fill)}{tail}", "dim"))

    def ends(self, begin: list[Piece], end: list[Piece], style: str = "") -> Text:
        """Pieces at both ends of one line; where they do not fit, the right end gives way."""
        last = self.line(*end)
        first = Pen(max(1, self.width - last.cell_len - 1), self.signs).line(*begin, style=style)
        gap = self.width - first.cell_len - last.cell_len
        return self.line(*begin, *end, style=style) if gap < 1 else Text.assemble(first, " " * gap, last, end="")
