"""The state of one drill for any screen: a fold of its events and readings."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from typing_extensions import override

from gameday.boards.awaited_command import AwaitedCommand
from gameday.boards.fault_board import FaultBoard
from gameday.boards.responder_board import ResponderBoard
from gameday.boards.signal_board import SignalBoard
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import (
    ActionFinished,
    CleanupRecorded,
    CleanupResult,
    Ended,
    Event,
    HintOffered,
    HintSent,
    HintWhispered,
    MessageSent,
    MessageSkipped,
    PreflightChecked,
    PreflightPassed,
    PreflightWaits,
    Retracted,
    StartApproved,
    Started,
    Statement,
    without_retracted,
)
from gameday.model import Plan, Reading, Role, Source

MAX_EVENTS = 500


@dataclass(frozen=True, slots=True)
class MessageOutcome:
    """Outcome of a message or script step. `how`: sent, whispered, offered, skipped or done."""

    at: float
    how: str
    why: str = ""


class DrillBoard(View):
    """One drill from its first event on. Keeps the latest events; draws nothing."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.state = DrillState()
        self.now = 0.0
        self.faults = FaultBoard(plan)
        self.signals = SignalBoard(plan)
        self.responders = ResponderBoard()
        self.commands = AwaitedCommand(plan.environment)
        self.events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self._people_events: list[Event] = []
        self.messages: dict[int, MessageOutcome] = {}
        self.script: dict[int, MessageOutcome] = {}
        self.cleanups: dict[CleanupResult, list[str]] = {"owed": [], "no-undo": []}
        """Changes that responders made and that are left after the end, by the result of handing them back."""
        self.preflight_passed = False
        """True once the drill waits for its facilitator to start it."""
        self.preflight_checks = 0
        self.preflight_wait: tuple[float, PreflightWaits] | None = None
        """Text of the current wait in preflight, and its start (CLOCK_MONOTONIC)."""
        self.preflight_failed = False
        self._ended_at: float | None = None
        """When the drill ended: from then on its clock and its signals show their last value."""
        self.last_heard: dict[Role, float] = {}
        """Time of each role's last statement; the start of the drill for roles that are present and silent."""
        self.silent_roles: set[Role] = set()
        """Roles that are present and have said nothing yet."""

    @override
    def begin(self, plan: Plan) -> None: ...

    @override
    def event(self, event: Event, state: DrillState) -> None:
        self.state = state
        self.events.append(event)
        self.faults.event(event)
        self.signals.event(event)
        self.commands.event(event)
        self._update_people(event)
        self._update_messages(event)
        self._update_preflight(event)
        if isinstance(event.body, Ended):
            self._ended_at = event.at
        if isinstance(event.body, CleanupRecorded) and event.body.result in self.cleanups:
            self.cleanups[event.body.result].append(event.body.item)

    @override
    def reading(self, reading: Reading) -> None:
        self.signals.reading(reading)

    @override
    def tick(self, now: float, state: DrillState) -> None:
        self.state = state
        self.now = now if self._ended_at is None else min(now, self._ended_at)
        self.signals.evaluate(self.now)

    @override
    def end(self) -> None: ...

    def _update_people(self, event: Event) -> None:
        """Fold an event into what people see and said; a retraction folds all that still counts anew."""
        self._people_events.append(event)
        if not isinstance(event.body, Retracted):
            self._fold_people(event)
            return
        self.responders, self.last_heard, self.silent_roles = ResponderBoard(), {}, set()
        for kept in without_retracted(self._people_events):
            self._fold_people(kept)

    def _fold_people(self, event: Event) -> None:
        self.responders.event(event)
        self._update_roles(event)

    def _update_preflight(self, event: Event) -> None:
        match event.body:
            case PreflightPassed():
                self.preflight_passed = True
            case PreflightWaits() as body:
                self.preflight_wait = (event.at, body)
            case PreflightChecked(passed=passed):
                self.preflight_checks += 1
                self.preflight_failed = self.preflight_failed or not passed
            case _:
                pass

    def _update_roles(self, event: Event) -> None:
        match event.body:
            case StartApproved(roles=roles):
                self.last_heard |= dict.fromkeys(roles, event.happened)
                self.silent_roles |= set(roles)
            case Started():  # silence counts from the start on
                self.last_heard = dict.fromkeys(self.last_heard, event.happened)
            case _:
                pass
        if event.role is not None and event.source is Source.HUMAN:
            self.last_heard[event.role] = event.happened
            if not isinstance(event.body, StartApproved):
                self.silent_roles.discard(event.role)

    def _update_messages(self, event: Event) -> None:
        match event.body:
            case MessageSent(entry=entry) | HintSent(entry=entry):
                self.messages[entry] = MessageOutcome(event.happened, "sent")
            case HintWhispered(entry=entry):
                self.messages[entry] = MessageOutcome(event.happened, "whispered")
            case HintOffered(entry=entry):
                self.messages[entry] = MessageOutcome(event.happened, "offered")
            case MessageSkipped(entry=entry, reason=reason):
                self.messages[entry] = MessageOutcome(event.happened, "skipped", reason)
            case Statement(step=int(step)) | ActionFinished(step=int(step)):
                self.script[step] = MessageOutcome(event.happened, "done")
            case _:
                pass
