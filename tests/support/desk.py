"""The facilitator's desk without a screen: keys in, requests and lines out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from support.shipped_drill import plan_of
from typing_extensions import override

from gameday.clock import JumpClock
from gameday.drill.control.client import DrillClient
from gameday.drill.state import DrillState
from gameday.drill.stop import Stop
from gameday.model import Mode, Phase
from gameday.moments import Moment
from gameday.terminal.desk.desk_state import DeskState
from gameday.terminal.desk.key_commands import KeyCommands
from gameday.terminal.desk.key_handler import ExitReason, KeyHandler
from gameday.terminal.glyphs import UNICODE


@dataclass(frozen=True, slots=True)
class Noted(DrillClient):
    """A client that only remembers the requests."""

    requests: list[tuple[str, Any]] = field(default_factory=list)
    records: list[tuple[int, str]] = field(default_factory=list)

    @override
    def send_statement(self, kind: str, text: str, role: str | None, seconds_ago: float) -> str:
        self.requests.append((kind, (role, seconds_ago)))
        return f"Recorded: {kind}"

    @override
    def send_intervention(self, intervention: str, fields: Mapping[str, Any]) -> str:
        self.requests.append((intervention, dict(fields)))
        return f"Recorded: {intervention}"

    @override
    def request_action(self, action: str) -> str:
        self.requests.append(("act", action))
        return "Recorded"

    @override
    def list_actions(self) -> list[str]:
        return ["cache-on", "restart"]

    @override
    def list_records(self) -> list[tuple[int, str]]:
        return self.records

    @override
    def retract(self, entry: int) -> str:
        self.requests.append(("retract", entry))
        return "Retracted"

    @override
    def end(self) -> str:
        self.requests.append(("end", None))
        return "Recorded: the drill ends"

    @override
    def stop(self, *, on_page: bool = False) -> str:
        self.requests.append(("stop", None))
        return "STOP heard"


class Desk:
    """The desk without a screen."""

    def __init__(self, mode: Mode = Mode.FACILITATED, phase: Phase = Phase.RUNNING, *, private: bool = False) -> None:
        self.clock = JumpClock()
        plan = plan_of(mode)
        self.state = DeskState(plan, None, UNICODE, lambda: False, self.clock, facilitates=True, private=private)
        self.state.board.state = DrillState(
            phase=phase, started_at=900.0 if phase is not Phase.PREFLIGHT else None, present=frozenset({"slow"}),
            moments={Moment.FAULT: 950.0},
        )  # fmt: skip
        self.state.board.now = 1000.0
        self.link = Noted("gd-7f3a", Path("/nowhere"), "token")
        self.left: list[ExitReason] = []
        hands = KeyCommands(self.link, plan, self._tell, solo=self.state.solo)
        self.presses = KeyHandler(self.state, hands, self.left.append)

    def _tell(self, call: Callable[[], str], secret: bool) -> None:
        self.state.set_footer_answer(call(), secret=secret)

    def press(self, *keys: str) -> Desk:
        for key in keys:
            self.presses.key(key)
        return self

    def type(self, text: str) -> Desk:
        """Type into the open prompt, and Enter."""
        assert self.state.prompt is not None and self.state.prompt.takes_text
        if self.state.prompt.enter_text(text):
            self.state.prompt = None
        return self

    @property
    def shown(self) -> str:
        return "\n".join(line.plain for line in self.state.lines(80, 24))


def stopped(*, reverted: bool = True, facilitates: bool = True, mode: Mode = Mode.FACILITATED) -> Desk:
    desk = Desk(mode)
    desk.state.facilitates = facilitates
    desk.state.board.state = replace(desk.state.board.state, stop=Stop(stopped_at=990.0, awaits_decision=reverted))
    return desk
