"""All that a screen shows of one drill: what events and readings have said so far. Draws nothing."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from typing_extensions import override

from gameday.drill.state import State
from gameday.drill.view import View
from gameday.events.access import flag, lines, text
from gameday.model import Event, Plan, Reading, Role, Source
from gameday.terminal.event_text import event_text, is_noteworthy
from gameday.terminal.fault_model import FaultModels
from gameday.terminal.responder_model import ResponderModel
from gameday.terminal.signal_model import SignalModels

KEPT = 60


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the log; `at` is CLOCK_MONOTONIC. `weight`: bad, good or empty."""

    at: float
    words: str
    weight: str


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """What became of a line of the course, or of a step of the script: `how` is sent, offered, skipped or done."""

    at: float
    how: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """What bar and foot say where the screen is not the drill's own: a replay, a second look."""

    mark: str
    foot: str


class DrillModel(View):
    """One drill, from its first event on: a View that only keeps what it is told."""

    def __init__(self, plan: Plan, token: str = "", caption: Caption | None = None) -> None:
        """`token`: what opens the facilitator's view in other terminals."""
        self.plan = plan
        self.caption = caption
        self.token = token
        self.state = State()
        self.now = 0.0
        self.faults = FaultModels(plan)
        self.signals = SignalModels(plan)
        self.log: deque[LogLine] = deque(maxlen=KEPT)
        self.course: dict[int, MessageOutcome] = {}
        self.script: dict[int, MessageOutcome] = {}
        self._after: dict[str, list[str]] = {"owed": [], "unnamed": []}
        self.chosen: int | None = None
        """The line of the course that the facilitator chose."""
        self.marked: int | None = None
        """The line that they mean now: the chosen one, or where none is, what comes next."""
        self.readied = False
        """Preflight is well, and the drill waits for its facilitator."""
        self.checks = 0
        self.unwell = False
        self.spoke: dict[Role, float] = {}
        """When each role was last heard of; from STARTEX on for those that are there."""
        self.responders = ResponderModel()
        self._kinds = {name: binding.kind.value for name, binding in plan.environment.signals.items()}

    @override
    def begin(self, plan: Plan) -> None: ...

    @override
    def event(self, event: Event, state: State) -> None:
        self.state = state
        self.faults.event(event)
        self.signals.event(event)
        self._played(event)
        self._update_roles(event)
        self.responders.event(event)
        if event.kind == "handed-back" and text(event.data, "result") in self._after:
            self._after[text(event.data, "result")].append(text(event.data, "item"))
        if is_noteworthy(event):
            words = "A prediction is sealed" if event.kind == "prediction" else event_text(event, self._kinds)
            self.log.append(LogLine(event.happened, words, _weight(event)))

    @property
    def after(self) -> str:
        """What is left to people after ENDEX; empty when nothing is."""
        owed, unnamed = (", ".join(items) for items in self._after.values())
        to_put_back = f" Owed to the environment: {owed}." if owed else ""
        return to_put_back + (f" Look after what you did: {unnamed}." if unnamed else "")

    @override
    def reading(self, reading: Reading) -> None:
        self.signals.reading(reading)

    @override
    def tick(self, now: float, state: State) -> None:
        self.now, self.state = now, state
        self.signals.look(now)

    @override
    def end(self) -> None: ...

    def add_stderr_line(self, words: str) -> None:
        """Something that the program said on stderr while the screen was taken."""
        self.log.append(LogLine(self.now, words, "bad"))

    def _update_roles(self, event: Event) -> None:
        self.readied = self.readied or event.kind == "ready"
        if event.kind == "check":
            self.checks += 1
            self.unwell = self.unwell or not flag(event.data, "ok")
        if event.kind == "begin":
            self.spoke |= {Role(one): event.happened for one in lines(event.data, "roles")}
        if event.kind == "start":
            self.spoke = dict.fromkeys(self.spoke, event.happened)  # nobody is silent before it begins
        if event.role is not None and event.source is Source.HUMAN:
            self.spoke[event.role] = event.happened

    def _played(self, event: Event) -> None:
        entry, step = event.data.get("entry"), event.data.get("step")
        if isinstance(entry, int) and event.kind in _MESSAGE_OUTCOMES:
            self.course[entry] = MessageOutcome(event.happened, _MESSAGE_OUTCOMES[event.kind], text(event.data, "why"))
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


def _weight(event: Event) -> str:
    data = event.data
    if event.kind in _BAD or text(data, "verdict") in ("unmet", "unreadable") or text(data, "result") == "owed":
        return "bad"
    if event.kind in ("check", "action") and not flag(data, "ok"):
        return "bad"
    if event.kind == "effect" and not flag(data, "seen"):
        return "bad"
    if event.kind == "steady":
        return "good" if flag(data, "holds") else "bad"
    return "good" if event.kind in _GOOD else ""
