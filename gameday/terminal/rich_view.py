"""The drill on a whole terminal, for a facilitator and the colleagues who watch. Shows; asks for nothing."""

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

from gameday.drill.state import State
from gameday.drill.view import View
from gameday.model import Event, Plan, Reading
from gameday.terminal.glyphs import Glyphs, select_glyphs
from gameday.terminal.screen_layout import render_screen
from gameday.terminal.screen_state import Caption, ScreenState
from gameday.terminal.stderr_capture import StderrCapture

EVERY = 0.25
"""Seconds between two looks at most: clocks show whole seconds, and drawing costs the runner's CPU."""
AGAIN = 5.0
"""Seconds after which a screen is drawn again though nothing changed: something else may have written on it."""


@dataclass(frozen=True)
class Lines:
    """Lines that are the whole screen already."""

    lines: list[Text]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for index, line in enumerate(self.lines):
            if index:
                yield Segment.line()
            yield line


class LiveView(View):
    """A View for a terminal that can be drawn on. Not for the loop's own thread: see beside.py."""

    def __init__(
        self, console: Console | None = None, environ: Mapping[str, str] | None = None, token: str = "",
        caption: Caption | None = None, interval: float = EVERY,
    ) -> None:  # fmt: skip
        self._console = console or Console(highlight=False, markup=False, emoji=False)
        self._glyphs = select_glyphs(self._console.encoding, os.environ if environ is None else environ)
        self._token = token
        self._caption = caption
        self._interval = interval
        self._watched: ScreenState | None = None
        self._live: Live | None = None
        self._asides = StderrCapture(self._aside)
        self._drawn: tuple[list[Text], tuple[int, int]] = ([], (0, 0))
        self._looked = self._drew = float("-inf")

    @property
    def glyphs(self) -> Glyphs:
        return self._glyphs

    @override
    def begin(self, plan: Plan) -> None:
        self._watched = ScreenState(plan, self._token, self._caption)
        if self._live is None:
            self._live = Live(
                console=self._console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
            )
            self._live.start()
            self._asides.start()
            atexit.register(self.end)

    @override
    def event(self, event: Event, state: State) -> None:
        if self._watched is not None:
            self._watched.event(event, state)

    @override
    def reading(self, reading: Reading) -> None:
        if self._watched is not None:
            self._watched.reading(reading)

    @override
    def tick(self, now: float, state: State) -> None:
        if self._watched is None or time.monotonic() - self._looked < self._interval:
            return
        self._looked = time.monotonic()
        self._watched.tick(now, state)
        self._draw(self._watched)

    @override
    def end(self) -> None:
        """The screen as it was before, and on stderr what was said meanwhile."""
        live, self._live = self._live, None
        if live is not None:
            atexit.unregister(self.end)
            try:
                live.stop()
            finally:
                self._asides.stop()

    def _draw(self, board: ScreenState) -> None:
        size = self._console.size
        lines = render_screen(board, size.width, size.height, self._glyphs)
        same = self._drawn == (lines, (size.width, size.height)) and self._looked - self._drew < AGAIN
        if self._live is not None and not same:
            self._drawn, self._drew = (lines, (size.width, size.height)), self._looked
            self._live.update(Lines(lines), refresh=True)

    def _aside(self, words: str) -> None:
        if self._watched is not None:
            self._watched.add_stderr_line(words)
