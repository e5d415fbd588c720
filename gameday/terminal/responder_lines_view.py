"""A drill as its responders see it, in lines: for a screen reader, and for a terminal that cannot be drawn on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

from typing_extensions import override

from gameday.boards.responder_board import ResponderBoard
from gameday.drill.state import State
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Mode, Plan, Reading
from gameday.people.cast import Cast
from gameday.terminal.desk.briefing_screen import spoken_briefing
from gameday.terminal.glyphs import write_line
from gameday.units import format_elapsed, format_role

BEGIN = "Preflight is well. To begin, in any terminal: gameday facilitate begin"
STOP = "Ctrl-C stops it and puts everything back."
HOW = (
    "Everything is said from other terminals: gameday ack, declare, claim ic, update, note, act, help. All: gameday -h"
)


class ResponderLines(View):
    """`keep` is told once, at STARTEX, who plays what."""

    def __init__(
        self, cast: Cast | None, keep: Callable[[Cast], None], stream: TextIO | None = None, foot: str = STOP
    ) -> None:
        self._cast = cast
        self._foot = foot
        self._keep = keep
        self._stream = stream or sys.stdout

    @override
    def begin(self, plan: Plan) -> None:
        self._responders = ResponderBoard()
        for words in (*spoken_briefing(plan), HOW, self._foot):
            self._write(words)
        for role, person in self._cast.holders() if self._cast else ():
            self._write(f"{format_role(role)}: {self._cast.name(person) if self._cast else person}")
        if plan.mode is Mode.SOLO:
            self._write("Seal a prediction: gameday predict ...")

    @override
    def event(self, event: Event, state: State) -> None:
        told = self._responders.event(event)
        if event.kind == "ready":
            self._write(BEGIN)
        elif event.kind == "start":
            self._write("STARTEX")
            if self._cast is not None:
                self._keep(self._cast)
        if told is not None:
            since = format_elapsed(told.at - state.startex) if state.startex is not None else "-"
            self._write(f"{since}  {told.who or 'PAGE'}: {told.what}")

    @override
    def reading(self, reading: Reading) -> None:
        """Responders look with their own tools."""

    @override
    def tick(self, now: float, state: State) -> None:
        """Time alone is no news."""

    @override
    def end(self) -> None:
        self._stream.flush()

    def _write(self, words: str) -> None:
        write_line(words, self._stream)
