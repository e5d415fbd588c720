"""Events of faults: intended, applied, confirmed, lost, reverted."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec
from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, FaultEvent, IntentEvent, JsonObject, Tone
from gameday.events.text import SignalKinds, Text, code, spans, strong, with_detail


class Intended(IntentEvent, frozen=True):
    """A fault is about to be applied; durable before it is."""

    kind: ClassVar[str] = "intended"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Applying {self.intent.kind} to {self.intent.target}")


class Applied(FaultEvent, frozen=True):
    """The engine reports that the fault is applied."""

    kind: ClassVar[str] = "applied"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Engine reports the fault as applied")


class ApplyRefused(FaultEvent, frozen=True):
    """The engine refused the fault; nothing was changed."""

    kind: ClassVar[str] = "apply-refused"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Fault refused by the engine; nothing was changed", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class ApplyUnknown(FaultEvent, frozen=True):
    """The outcome of an apply is unknown; the fault is reverted and watched."""

    kind: ClassVar[str] = "apply-unknown"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Apply outcome unknown; reverting and watching for a late apply", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class FaultConfirmed(Body, frozen=True):
    """Moment; the engine was asked again and the fault is present (repeats for each fault)."""

    kind: ClassVar[str] = "fault"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    marker: str
    fault: str
    fault_kind: str = ""
    target: str = ""
    params: JsonObject = msgspec.field(default_factory=dict[str, Any])

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"FAULT: {self.fault_kind} on {self.target}, confirmed active")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(strong("Fault active:"), f" {self.fault_kind} on ", code(self.target))


class FaultEndedUnexpectedly(FaultEvent, frozen=True):
    """The fault ended without a revert by gameday; it is never applied again, and never a pass."""

    kind: ClassVar[str] = "lapsed"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    last_present: float | None = None
    """When its presence was confirmed last (CLOCK_MONOTONIC); it ended after that, and was missed later."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Fault ended unexpectedly", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class Removed(Body, frozen=True):
    """An action, a later fault or the responders ended the fault; it is reverted all the same."""

    kind: ClassVar[str] = "removed"
    audience: ClassVar[Audience] = FACILITATOR
    marker: str
    fault: str = ""
    by_action: str = ""
    by_fault: str = ""
    by_responders: bool = False
    """The scenario names the responders' own removal as a mitigation."""
    last_present: float | None = None
    """When its presence was confirmed last (CLOCK_MONOTONIC)."""

    @property
    def cause(self) -> str:
        """Sentence about what ended the fault."""
        if self.by_responders:
            return f"Responders removed fault {self.fault}"
        if self.by_fault:
            return f"Fault ended by another fault of this drill: {self.by_fault}"
        return f"Fault ended by {self.by_action}" if self.by_action else "Fault ended"

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(self.cause)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self.cause)


class FaultEnded(Body, frozen=True):
    """Moment; a fault ended by itself on purpose, at the end of the time it lasts."""

    kind: ClassVar[str] = "fault-end"
    audience: ClassVar[Audience] = FACILITATOR
    marker: str
    fault: str = ""
    last_present: float | None = None
    """When its presence was confirmed last, before its revert began (CLOCK_MONOTONIC)."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Fault ", code(self.fault), " ended as planned")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


def by_outsider(change: str) -> str:
    """Return a change as a sentence that says that the drill did not make it."""
    return f"{change} by somebody outside this drill"


class OutsideChangeSeen(Body, frozen=True):
    """Somebody outside the drill changed the target while a fault was present; what is read meanwhile is not judged.

    It may be the responders; nothing says who."""

    kind: ClassVar[str] = "outside-change"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    target: str
    text: str
    """What was changed: `proxy shop-db: toxic x (latency) was added`."""
    last_absent: float | None = None
    """When the change was last seen to be absent (CLOCK_MONOTONIC)."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Changed: {by_outsider(self.text)}; readings are not judged until that is undone")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(by_outsider(self.text))


class OutsideChangeGone(Body, frozen=True):
    """The target no longer shows a change that somebody outside the drill made; readings are judged again."""

    kind: ClassVar[str] = "outside-change-gone"
    audience: ClassVar[Audience] = FACILITATOR
    target: str
    text: str
    """The same as when the change was seen."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Undone: {by_outsider(self.text)}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)
