"""Sizes of the chart: a wide one for a desk, and a narrow one that a phone shows without scrolling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LETTER_IN = 0.061
"""The width of a letter of a label."""
GAP_IN = 0.11
"""The space between two rows."""
LEVEL_IN = 0.139
"""The height of one level of names of moments, above the rows."""
BOTTOM_IN = 0.52


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes in inches. `title`: the height of a row's title above it; 0: titles are at the left.

    `ticks`, `letters`: the number of time ticks, and of letters of a label, at most.
    """

    name: str
    width: float
    left: float
    title: float
    ticks: int
    letters: int
    right: float = 0.12

    @property
    def inner(self) -> float:
        """The width of the rows themselves."""
        return self.width - self.left - self.right

    def add_rows(self, figure: Any, heights: Sequence[float], levels: int) -> list[Any]:
        """Set the figure's height and add its rows from the top, under so many levels of names of moments."""
        top_in = 0.22 + LEVEL_IN * levels
        total = sum(heights) + GAP_IN * (len(heights) - 1) + self.title * len(heights) + top_in + BOTTOM_IN
        figure.set_size_inches(self.width, total)
        rows, top = [], total - top_in
        for height in heights:
            top -= height + self.title
            row = figure.add_axes((self.left / self.width, top / total, self.inner / self.width, height / total))
            row.patch.set_visible(False)
            for side in ("top", "right", "left"):
                row.spines[side].set_visible(False)
            row.tick_params(length=0)
            rows.append(row)
            top -= GAP_IN
        return rows

    def add_title(self, row: Any, text: str, **style: Any) -> None:
        """Add the title of a row: at its left in two lines, or above it in one."""
        where = (0, 1) if self.title else (0, 0.5)
        shift = (2 - self.left * 72, 3) if self.title else (-1.5 * 72, 0)
        row.annotate(text.replace("\n", " ") if self.title else text, where, xytext=shift, xycoords="axes fraction",
                     textcoords="offset points", va="bottom" if self.title else "center", ha="left",
                     annotation_clip=False, **style)  # fmt: skip


WIDE = Layout("wide", width=9.0, left=1.62, title=0.0, ticks=9, letters=44)
NARROW = Layout("narrow", width=3.4, left=0.46, title=0.2, ticks=4, letters=36, right=0.1)
