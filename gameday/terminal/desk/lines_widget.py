"""A widget that shows lines which are drawn already, and only touches those that changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from typing_extensions import override


class LinesWidget(Widget, can_focus=False):
    """Exactly the lines it was given."""

    DEFAULT_CSS = "Canvas { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Text] = []

    def show(self, lines: Sequence[Text]) -> None:
        """Draw what differs from before."""
        before, self._lines = self._lines, list(lines)
        if len(before) != len(self._lines):
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, self._lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    @property
    def plain(self) -> str:
        """All of it as text."""
        return "\n".join(line.plain for line in self._lines)

    @override
    def render_line(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip.blank(self.size.width)
        segments = list(self._lines[y].render(self.app.console))
        return Strip(segments).adjust_cell_length(self.size.width)
