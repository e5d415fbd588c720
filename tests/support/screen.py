"""The facilitator's screen of the shipped drill at one moment, as text."""

from __future__ import annotations

from support.shipped_drill import Player
from typing_extensions import override

from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Mode, Plan, Reading
from gameday.terminal.glyphs import UNICODE, Glyphs
from gameday.terminal.screen_layout import render_screen
from gameday.terminal.screen_state import ScreenState


class Watcher(View):
    """A view that only remembers."""

    board: ScreenState

    @override
    def begin(self, plan: Plan) -> None:
        self.board = ScreenState(plan)

    @override
    def event(self, event: Event, state: DrillState) -> None:
        self.board.event(event, state)

    @override
    def reading(self, reading: Reading) -> None:
        self.board.reading(reading)

    @override
    def tick(self, now: float, state: DrillState) -> None:
        self.board.tick(now, state)

    @override
    def end(self) -> None: ...


def board_at(until: float, mode: Mode = Mode.REHEARSAL) -> ScreenState:
    watcher = Watcher()
    Player(watcher, mode).play(until)
    return watcher.board


def plain_screen(board: ScreenState, width: int, height: int, glyphs: Glyphs = UNICODE) -> str:
    return "\n".join(line.plain for line in render_screen(board, width, height, glyphs))


def screen_row(text: str, name: str) -> str:
    """Return the first row of a screen that names this."""
    return next(line for line in text.splitlines() if name in line)
