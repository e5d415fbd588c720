"""Events of the facilitator's interventions in a running drill."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec
from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, PRIVATE, Audience
from gameday.events.body import Body, JsonObject, Pane
from gameday.events.text import NO_TEXT, SignalKinds, Text, spans, strong, with_detail
from gameday.model import MessageKind
from gameday.units import format_duration, format_parameters

Operation = Literal["send", "hold", "release", "skip", "reword"]
_OPERATIONS = {
    "send": "sent", "hold": "held", "release": "released", "skip": "skipped", "reword": "reworded",
}  # fmt: skip


class MessageOverridden(Body, frozen=True):
    """The facilitator sent, held, released, skipped or reworded a message."""

    kind: ClassVar[str] = "message-override"
    audience: ClassVar[Audience] = FACILITATOR
    operation: Operation
    entry: int
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(f"Message {self.entry + 1} {_OPERATIONS[self.operation]}", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return NO_TEXT if self._has_event_of_its_own else self.log_text(signals)

    @override
    def is_noteworthy(self) -> bool:
        return not self._has_event_of_its_own

    @property
    def _has_event_of_its_own(self) -> bool:
        """True if an event of the message itself follows at once and says more."""
        return self.operation in ("send", "skip")


class EarlyApplyRequested(Body, frozen=True):
    """The facilitator started the fault early."""

    kind: ClassVar[str] = "apply-early"
    audience: ClassVar[Audience] = FACILITATOR
    fault: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Early start requested: {self.fault}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class FaultAdjusted(Body, frozen=True):
    """The facilitator adjusted the fault within the scenario's range."""

    kind: ClassVar[str] = "adjusted"
    audience: ClassVar[Audience] = FACILITATOR
    fault: str = ""
    params: JsonObject = msgspec.field(default_factory=dict[str, Any])

    @property
    def _to(self) -> str:
        return f" to {format_parameters(self.params)}" if self.params else ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Fault {self.fault} adjusted{self._to}" if self.fault else f"Fault adjusted{self._to}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(strong("Fault adjusted"), self._to)


class TimeboxExtended(Body, frozen=True):
    """The timebox was extended, once."""

    kind: ClassVar[str] = "extended"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "facilitator"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    seconds: float = 0.0

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Timebox extended", f" by {format_duration(self.seconds)}" if self.seconds else "")

    @override
    def responder_text(self) -> Text:
        return self.log_text({})

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class Paused(Body, frozen=True):
    """The drill waits; guardrails and guardian stay active. Times of the team leave it out."""

    kind: ClassVar[str] = "paused"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "facilitator"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("PAUSED, guardrails and guardian stay active", self.text)

    @override
    def responder_text(self) -> Text:
        return spans("Drill PAUSED")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Drill paused")


class Resumed(Body, frozen=True):
    """The drill resumed after a pause."""

    kind: ClassVar[str] = "resumed"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "facilitator"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Drill resumed", self.text)

    @override
    def responder_text(self) -> Text:
        return spans("Drill resumed")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Drill resumed")


class DecisionAwaited(Body, frozen=True):
    """All faults are reverted after STOP; people decide whether the drill ends or resumes."""

    kind: ClassVar[str] = "stop-reverted"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "STOP"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("All faults reverted after STOP: end the drill or resume it?")

    @override
    def responder_text(self) -> Text:
        return spans("All faults are reverted. End the drill or resume it?")


class StopConfirmed(Body, frozen=True):
    """The drill ends after STOP."""

    kind: ClassVar[str] = "stop-confirmed"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "STOP"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Drill ends after STOP")

    @override
    def responder_text(self) -> Text:
        return spans("The drill ends")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class ResumedAfterStop(Body, frozen=True):
    """The facilitator resumed the drill after STOP: its faults are applied again. The verdict is censored."""

    kind: ClassVar[str] = "stop-resumed"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "facilitator"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Drill resumed after STOP: faults are applied again")

    @override
    def responder_text(self) -> Text:
        return spans("Drill resumed after STOP")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Drill resumed after STOP")


class Revealed(Body, frozen=True):
    """The facilitator revealed the fault to the responders."""

    kind: ClassVar[str] = "revealed"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "facilitator"
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Fault revealed to the responders", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(f"Fault revealed: {self.text}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Fault revealed to the responders")


class PrivateNote(Body, frozen=True):
    """A note of the facilitator that no review shows."""

    kind: ClassVar[str] = "private-note"
    audience: ClassVar[Audience] = PRIVATE
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Private note", self.text)
