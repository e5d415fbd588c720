"""Events of the end: what ends a drill, its end, what responders changed, and the hot debrief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience
from gameday.events.body import Body, Channel, Tone
from gameday.events.text import SignalKinds, Style, Text, spans, with_detail
from gameday.model import EndReason

CleanupResult = Literal["restored", "owed", "no-undo"]
SIGNAL_CAUSES = {
    "SIGINT": "Ctrl-C", "SIGHUP": "its terminal was closed", "SIGTERM": "it was asked to end (SIGTERM)",
}  # fmt: skip
"""What brings a signal of the operating system."""
_ENDS = {
    EndReason.ENDS: "as planned", EndReason.TIMEBOX: "the timebox is over", EndReason.HALTED: "halted",
    EndReason.FAILED: "the program itself failed", EndReason.FUTILE: "going on would teach nothing",
    EndReason.REFUSED: "preflight refused it",
}  # fmt: skip
_REVIEW_ENDS = {
    EndReason.ENDS: "as planned", EndReason.TIMEBOX: "at the timebox", EndReason.HALTED: "early: it was halted",
    EndReason.FAILED: "early: the program itself failed",
    EndReason.FUTILE: "early, because there was nothing more to learn",
    EndReason.REFUSED: "because preflight refused it",
}  # fmt: skip


class Stopped(Body, frozen=True):
    """Somebody said STOP: the drill ends and everything is reverted now."""

    kind: ClassVar[str] = "stop"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "STOP"
    default_tone: ClassVar[Tone] = Tone.BAD
    channel: ClassVar[Channel | None] = Channel.MESSAGE
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("STOP", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text or "Everything is being put back")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("STOP", self.text, Style.QUOTE)


class Halted(Body, frozen=True):
    """The drill is halted."""

    kind: ClassVar[str] = "halt"
    audience: ClassVar[Audience] = EVERYONE
    default_tone: ClassVar[Tone] = Tone.BAD
    field_audience: ClassVar[Mapping[str, Audience]] = {"reason": FACILITATOR}
    channel: ClassVar[Channel | None] = Channel.MESSAGE
    reason: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("HALT", self.reason)

    @override
    def responder_text(self) -> Text:
        return spans("Halted: everything is being put back")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("Halted", self.reason)


class Interrupted(Body, frozen=True):
    """The operating system asked the runner to end; the name is the signal's."""

    kind: ClassVar[str] = "interrupted"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    name: str = ""

    @property
    def cause(self) -> str:
        return SIGNAL_CAUSES.get(self.name, self.name)

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("The run is interrupted", self.cause)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("The run was interrupted", self.cause)


class Ended(Body, frozen=True):
    """Moment; the drill is over."""

    kind: ClassVar[str] = "end"
    audience: ClassVar[Audience] = EVERYONE
    channel: ClassVar[Channel | None] = Channel.MESSAGE
    reason: EndReason
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        told = self.text if self.reason not in (EndReason.ENDS, EndReason.TIMEBOX) else ""
        return with_detail(f"ENDEX, {_ENDS[self.reason]}", told)

    @override
    def responder_text(self) -> Text:
        return spans("ENDEX: the drill is over")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"The drill ended {_REVIEW_ENDS[self.reason]}")


class CleanedUp(Body, frozen=True):
    """A change that responders made was restored, is owed, or has no command that undoes it."""

    kind: ClassVar[str] = "cleanup"
    audience: ClassVar[Audience] = FACILITATOR
    item: str
    result: CleanupResult
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(f"Hand-back: {self.item}, {self.result}", self.text)

    @override
    def tone(self) -> Tone:
        return Tone.BAD if self.result == "owed" else Tone.NEUTRAL


class DebriefLine(Body, frozen=True):
    """A line of the hot debrief, as spoken."""

    kind: ClassVar[str] = "debrief"
    audience: ClassVar[Audience] = FACILITATOR
    heading: str = ""
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Debrief", self.text)


class NotDone(Body, frozen=True):
    """A person says at the debrief that an objective's moment did not come."""

    kind: ClassVar[str] = "not-done"
    audience: ClassVar[Audience] = FACILITATOR
    moment: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Absent, somebody says: {self.moment}")
