"""The responders' view as lines, for a screen reader or a terminal without cursor control."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

from typing_extensions import override

from gameday.boards.responder_board import ResponderBoard
from gameday.drill.state import DrillState
from gameday.events import Event, PreflightPassed, Started
from gameday.model import Mode, Plan
from gameday.people.cast import Cast
from gameday.terminal.desk.briefing_screen import spoken_briefing, starter_text
from gameday.terminal.plain_view import LineView
from gameday.units import format_elapsed, format_role

BEGIN = "Preflight passed. To start, in any terminal: gameday facilitate begin"
STOP = "Ctrl-C stops the drill and reverts all faults."
HOW = (
    "Record statements in other terminals: gameday ack, declare, claim ic, update, note, act, ask-for-help. "
    "All: gameday -h"
)


class ResponderLines(LineView):
    """Lines of a drill for responders.

    `record_roles` is called once, at the start; `may_begin`: whoever reads them may start the drill.
    """

    def __init__(
        self, cast: Cast | None, record_roles: Callable[[Cast], None], stream: TextIO | None = None,
        footer: str = STOP, *, may_begin: bool = True,
    ) -> None:  # fmt: skip
        super().__init__(stream)
        self._may_begin = may_begin
        self._cast = cast
        self._footer = footer
        self._record_roles = record_roles

    @override
    def begin(self, plan: Plan) -> None:
        self._responders = ResponderBoard()
        self._begin = BEGIN if self._may_begin else f"Preflight passed. {starter_text(plan.mode)}"
        for line in (*spoken_briefing(plan, has_keys=False), HOW, self._footer):
            self._write(line)
        for role, person in self._cast.holders() if self._cast else ():
            self._write(f"{format_role(role)}: {self._cast.name(person) if self._cast else person}")
        if plan.mode is Mode.SOLO:
            self._write("Submit a prediction: gameday predict TEXT")

    @override
    def event(self, event: Event, state: DrillState) -> None:
        message = self._responders.event(event)
        match event.body:
            case PreflightPassed():
                self._write(self._begin)
            case Started():
                self._write("Drill started.")
                if self._cast is not None:
                    self._record_roles(self._cast)
            case _:
                pass
        if message is not None:
            since = format_elapsed(message.at - state.started_at) if state.started_at is not None else "-"
            self._write(f"{since}  {message.who or 'PAGE'}: {message.what}")
