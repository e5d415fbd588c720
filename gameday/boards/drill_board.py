"""The state of one drill for any screen: a fold of its events and readings."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

from gameday.boards.fault_board import FaultBoard
from gameday.boards.responder_board import ResponderBoard
from gameday.boards.signal_board import SignalBoard
from gameday.drill.state import State
from gameday.drill.view import View
from gameday.events.access import flag, lines, text
from gameday.model import Event, Plan, Reading, Role, Source

MAX_EVENTS = 500


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """Outcome of a message or script step. `how`: sent, whispered, offered, skipped or done."""

    at: float
    how: str
    why: str = ""


class Severity(StrEnum):
    """Emphasis of an event on a screen."""

    BAD = "bad"
    GOOD = "good"
    NEUTRAL = ""


class DrillBoard(View):
    """One drill from its first event on. Keeps the latest events; draws nothing."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = State()
        self.now = 0.0
        self.faults = FaultBoard(plan)
        self.signals = SignalBoard(plan)
        self.responders = ResponderBoard()
        self.events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self.messages: dict[int, MessageOutcome] = {}
        self.script: dict[int, MessageOutcome] = {}
        self.cleanups: dict[str, list[str]] = {"owed": [], "unnamed": []}
        """Changes that responders made and that are left after the end, by the result of handing them back."""
        self.preflight_passed = False
        """True once the drill waits for its facilitator to start it."""
        self.preflight_checks = 0
        self.preflight_failed = False
        self.last_heard: dict[Role, float] = {}
        """When each role was last heard; from the start of the drill on for those that are present."""

    @override
    def begin(self, plan: Plan) -> None: ...

    @override
    def event(self, event: Event, state: State) -> None:
        self.state = state
        self.events.append(event)
        self.faults.event(event)
        self.signals.event(event)
        self.responders.event(event)
        self._update_messages(event)
        self._update_preflight(event)
        self._update_roles(event)
        if event.kind == "handed-back" and text(event.data, "result") in self.cleanups:
            self.cleanups[text(event.data, "result")].append(text(event.data, "item"))

    @override
    def reading(self, reading: Reading) -> None:
        self.signals.reading(reading)

    @override
    def tick(self, now: float, state: State) -> None:
        self.now, self.state = now, state
        self.signals.evaluate(now)

    @override
    def end(self) -> None: ...

    def _update_preflight(self, event: Event) -> None:
        self.preflight_passed = self.preflight_passed or event.kind == "ready"
        if event.kind == "check":
            self.preflight_checks += 1
            self.preflight_failed = self.preflight_failed or not flag(event.data, "ok")

    def _update_roles(self, event: Event) -> None:
        if event.kind == "begin":
            self.last_heard |= {Role(role): event.happened for role in lines(event.data, "roles")}
        if event.kind == "start":
            self.last_heard = dict.fromkeys(self.last_heard, event.happened)  # silence counts from the start on
        if event.role is not None and event.source is Source.HUMAN:
            self.last_heard[event.role] = event.happened

    def _update_messages(self, event: Event) -> None:
        entry, step = event.data.get("entry"), event.data.get("step")
        if isinstance(entry, int) and event.kind in _MESSAGE_OUTCOMES:
            how, why = _MESSAGE_OUTCOMES[event.kind], text(event.data, "why")
            self.messages[entry] = MessageOutcome(event.happened, how, why)
        if isinstance(step, int):
            self.script[step] = MessageOutcome(event.happened, "done")


_MESSAGE_OUTCOMES = {
    "cue": "sent",
    "hint": "sent",
    "whispered": "whispered",
    "offered": "offered",
    "skipped": "skipped",
}
_BAD = frozenset(
    {"refused", "unknown", "lapsed", "breach", "unreadable", "not-yet", "stop", "halt", "signal", "trouble",
     "unwritten", "warned", "impact", "fault", "given-up"}
)  # fmt: skip
_GOOD = frozenset({"mitigated", "recovered", "reverted"})


def severity(event: Event) -> Severity:
    """Return the emphasis that an event deserves on a screen."""
    data = event.data
    if event.kind in _BAD or text(data, "verdict") in ("unmet", "unreadable") or text(data, "result") == "owed":
        return Severity.BAD
    if event.kind in ("check", "action") and not flag(data, "ok"):
        return Severity.BAD
    if event.kind == "effect" and not flag(data, "seen"):
        return Severity.BAD
    if event.kind == "steady":
        return Severity.GOOD if flag(data, "holds") else Severity.BAD
    return Severity.GOOD if event.kind in _GOOD else Severity.NEUTRAL
