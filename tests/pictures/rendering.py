"""Pictures as SVG: the screens at one moment of a recorded drill, and the chart of its review."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from pictures.recording import Recording, load_recording
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from gameday.clock import Clock
from gameday.review.chart import draw_chart
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.glyphs import UNICODE
from gameday.terminal.live_view import ScreenLines
from gameday.terminal.screen_layout import render_screen
from gameday.terminal.screen_state import ScreenState

WIDTH, HEIGHT = 110, 36
SVG_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
"""Without fonts from the network."""


@dataclass
class _RecordedClock:
    """Clock that stands at one moment of a recording."""

    now: float

    def monotonic(self) -> float:
        return self.now


def render_rehearsal() -> str:
    """Render the screen of a rehearsal shortly after the page."""
    drill = load_recording("rehearsal")
    now = drill.time_of("paged") + 4.0
    board = ScreenState(drill.plan)
    drill.play(board, now)
    return _export(render_screen(board, WIDTH, HEIGHT, UNICODE), "gameday run db-slowdown.yaml --rehearse")


def render_facilitator_desk() -> str:
    """Render the facilitator's view of the desk while the team works."""
    return _render_desk(private=True)


def render_responders_view() -> str:
    """Render the responders' view of the desk at the same moment."""
    return _render_desk(private=False)


def _render_desk(*, private: bool) -> str:
    drill = load_recording("facilitated")
    now = drill.time_of("theory") + 2.0
    desk = DeskState(
        drill.plan, None, UNICODE, lambda: False, cast("Clock", _RecordedClock(now)), facilitates=True, private=private
    )
    drill.play(desk.board, now)
    return _export(desk.lines(WIDTH, HEIGHT), "gameday run db-slowdown.yaml")


def render_review_chart() -> str:
    """Render the chart of a rehearsal's review."""
    drill: Recording = load_recording("rehearsal")
    return draw_chart(drill.events, drill.readings)


def _export(lines: Sequence[Text], title: str) -> str:
    console = Console(
        file=io.StringIO(), width=WIDTH, height=HEIGHT, record=True, force_terminal=True, color_system="truecolor",
        legacy_windows=False, highlight=False,
    )  # fmt: skip
    console.print(ScreenLines(list(lines)))
    svg = console.export_svg(title=title, theme=SVG_EXPORT_THEME, code_format=SVG_FORMAT, unique_id="screen")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


PICTURES: dict[str, Callable[[], str]] = {
    "rehearsal.svg": render_rehearsal,
    "facilitator.svg": render_facilitator_desk,
    "responders.svg": render_responders_view,
    "review.svg": render_review_chart,
}
