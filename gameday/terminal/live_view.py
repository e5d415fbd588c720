"""Full-screen view of a drill without input, for a facilitator and colleagues who watch."""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text
from typing_extensions import override

from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Plan, Reading
from gameday.terminal.glyphs import Glyphs, select_glyphs
from gameday.terminal.screen_layout import render_screen
from gameday.terminal.screen_state import ScreenState, WatchCaption
from gameday.terminal.stderr_capture import StderrCapture

DRAW_INTERVAL_S = 0.25
"""Clocks show whole seconds, and drawing costs the runner's CPU."""
REDRAW_INTERVAL_S = 5.0
"""An unchanged screen is drawn again after this time: another program may have written on it."""


@dataclass(frozen=True)
class ScreenLines:
    """Lines of a whole screen, already rendered."""

    lines: list[Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for index, line in enumerate(self.lines):
            if index:
                yield Segment.line()
            yield line


class LiveView(View):
    """View for a terminal that can be drawn on.

    It needs a thread of its own: see `ThreadedView`.
    """

    def __init__(
        self, console: Console | None = None, environ: Mapping[str, str] | None = None, token: str = "",
        caption: WatchCaption | None = None, interval: float = DRAW_INTERVAL_S,
    ) -> None:  # fmt: skip
        self._console = console or Console(highlight=False, markup=False, emoji=False)
        self._glyphs = select_glyphs(self._console.encoding, os.environ if environ is None else environ)
        self._token = token
        self._caption = caption
        self._interval = interval
        self._board: ScreenState | None = None
        self._live: Live | None = None
        self._stderr = StderrCapture(self._add_stderr_line)
        self._drawn: tuple[list[Text], tuple[int, int]] = ([], (0, 0))
        self._ticked_at = self._drawn_at = float("-inf")

    @property
    def glyphs(self) -> Glyphs:
        return self._glyphs

    @override
    def begin(self, plan: Plan) -> None:
        self._board = ScreenState(plan, self._token, self._caption)
        if self._live is None:
            self._live = Live(
                console=self._console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
            self._stderr.start()
            atexit.register(self.end)

    @override
    def event(self, event: Event, state: DrillState) -> None:
        if self._board is not None:
            self._board.event(event, state)

    @override
    def reading(self, reading: Reading) -> None:
        if self._board is not None:
            self._board.reading(reading)

    @override
    def tick(self, now: float, state: DrillState) -> None:
        if self._board is None or time.monotonic() - self._ticked_at < self._interval:
            return
        self._ticked_at = time.monotonic()
        self._board.tick(now, state)
        self._draw(self._board)

    @override
    def end(self) -> None:
        """Restore the terminal, and print on stderr what was captured meanwhile."""
        live, self._live = self._live, None
        if live is not None:
            atexit.unregister(self.end)
            try:
                live.stop()
            finally:
                self._stderr.stop()

    def _draw(self, board: ScreenState) -> None:
        size = self._console.size
        lines = render_screen(board, size.width, size.height, self._glyphs)
        screen = (lines, (size.width, size.height))
        same = self._drawn == screen and self._ticked_at - self._drawn_at < REDRAW_INTERVAL_S
        if self._live is not None and not same:
            self._drawn, self._drawn_at = screen, self._ticked_at
            self._live.update(ScreenLines(lines), refresh=True)

    def _add_stderr_line(self, line: str) -> None:
        if self._board is not None:
            self._board.add_stderr_line(line)
