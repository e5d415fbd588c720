"""Events of actions that responders take: requested, started, finished."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience
from gameday.events.body import Body, Pane, Tone
from gameday.events.text import SignalKinds, Text, code, spans, with_detail
from gameday.process_identity import ProcessIdentity


class ActionRequested(Body, frozen=True):
    """A responder requested an action of the environment; the runner runs it."""

    kind: ClassVar[str] = "action-requested"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.STATEMENT
    action: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Action requested: {self.action}")

    @override
    def responder_text(self) -> Text:
        return spans(f"Action requested: {self.action}")


class ActionStarted(Body, frozen=True):
    """An action is about to run; recorded before it does."""

    kind: ClassVar[str] = "action-started"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True
    action: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Action started: {self.action}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Action ", code(self.action), " started")


class CommandStarted(Body, frozen=True):
    """A command of an action or of the load runs, or with `undoes` the one that undoes it; in which process.

    Nothing is undone while that process lives. The fields are those of a process identity."""

    kind: ClassVar[str] = "command-started"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True
    item: str
    host: str
    pid: int
    born: float
    boot: str
    undoes: bool = False

    @property
    def process(self) -> ProcessIdentity:
        return ProcessIdentity(self.host, self.pid, self.born, self.boot)

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Command of {self.item} started: process {self.pid}")


class ActionFinished(Body, frozen=True):
    """An action ran. `step`: the step of a rehearsal's script that ran it."""

    kind: ClassVar[str] = "action-finished"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.STATEMENT
    action: str
    succeeded: bool
    text: str = ""
    step: int | None = None

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        if self.succeeded:
            return spans(f"Action finished: {self.action}")
        return with_detail(f"Action FAILED: {self.action}", self.text)

    @override
    def responder_text(self) -> Text:
        return self.log_text({})

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Action ", code(self.action), "" if self.succeeded else ", which failed")

    @override
    def tone(self) -> Tone:
        return Tone.NEUTRAL if self.succeeded else Tone.BAD
