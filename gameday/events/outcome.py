"""Events of the end: its cause, cleanups and the hot debrief."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience
from gameday.events.body import Body, Pane, Tone
from gameday.events.text import SignalKinds, Style, Text, code, spans, with_detail
from gameday.model import EndReason, MessageKind

CleanupResult = Literal["restored", "owed", "no-undo", "closed"]
_RESULTS = {
    "restored": "restored", "owed": "NOT restored yet", "no-undo": "check by hand", "closed": "closed manually",
}  # fmt: skip
SIGNAL_CAUSES = {
    "SIGINT": "Ctrl-C", "SIGHUP": "the terminal was closed", "SIGTERM": "SIGTERM received",
}  # fmt: skip
"""Cause of a signal of the operating system."""
_ENDS = {
    EndReason.ENDS: "Drill ended as planned", EndReason.TIMEBOX: "Drill ended at the timebox",
    EndReason.HALTED: "Drill halted", EndReason.FAILED: "Drill ended because gameday failed",
    EndReason.FUTILE: "Drill ended early", EndReason.REFUSED: "Drill refused by preflight",
}  # fmt: skip


class Stopped(Body, frozen=True):
    """STOP: all faults are reverted now, and the drill ends.

    `resumable`: STOP was one key, so the drill first waits for a decision to end or to resume. `on_page`: pressed in
    a browser.
    """

    kind: ClassVar[str] = "stop"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "STOP"
    default_tone: ClassVar[Tone] = Tone.BAD
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    text: str = ""
    resumable: bool = False
    on_page: bool = False

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("STOP", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text or "Reverting all faults")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("STOP", self.text, Style.QUOTE)


_HALTED = "Halted: reverting all faults"


class Halted(Body, frozen=True):
    """The drill is halted."""

    kind: ClassVar[str] = "halt"
    audience: ClassVar[Audience] = EVERYONE
    default_tone: ClassVar[Tone] = Tone.BAD
    field_audience: ClassVar[Mapping[str, Audience]] = {"reason": FACILITATOR}
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    reason: str = ""
    announced: str = ""
    """The part of the reason that everyone sees: a real incident is open."""

    @property
    def command(self) -> str:
        """The command that halted the drill; empty for another cause."""
        return f"gameday {self.reason}" if self.reason in ("halt", "stop") else ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("HALTED with ", code(self.command)) if self.command else with_detail("HALTED", self.reason)

    @override
    def responder_text(self) -> Text:
        return spans(f"Halted, because {self.announced}: reverting all faults" if self.announced else _HALTED)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Halted with ", code(self.command)) if self.command else with_detail("Halted", self.reason)


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
        return with_detail("Run interrupted", self.cause)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("Run interrupted", self.cause)


class Ended(Body, frozen=True):
    """Moment; the drill is over."""

    kind: ClassVar[str] = "end"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    reason: EndReason
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        detail = self.text if self.reason not in (EndReason.ENDS, EndReason.TIMEBOX) else ""
        return with_detail(_ENDS[self.reason], detail)

    @override
    def responder_text(self) -> Text:
        """Return the end with its cause, which everyone may know now; details of a failure are in the log."""
        if self.reason is EndReason.HALTED:
            return with_detail("The drill was halted and is over", self.text)
        if self.reason is EndReason.FAILED:
            return spans("The drill is over: gameday failed")
        return with_detail("The drill is over", self.text if self.reason is not EndReason.ENDS else "")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail(_ENDS[self.reason], self.text if self.reason is EndReason.FUTILE else "")


class CleanupRecorded(Body, frozen=True):
    """A change that responders made was restored, is owed, has no command that undoes it, or was closed by a person.

    `by_hand`: the command that restores what is owed, and its folder."""

    kind: ClassVar[str] = "cleanup"
    audience: ClassVar[Audience] = FACILITATOR
    item: str
    result: CleanupResult
    text: str = ""
    by_hand: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        detail = f"{self.text}; by hand: {self.by_hand}" if self.by_hand else self.text
        return with_detail(f"Cleanup: {self.item}, {_RESULTS[self.result]}", detail)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)

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


class ChatLine(Body, frozen=True):
    """A message of the team's chat during the drill, merged into the review afterwards. `key`: its identity there."""

    kind: ClassVar[str] = "chat"
    audience: ClassVar[Audience] = FACILITATOR
    names_role: ClassVar[bool] = True
    text: str
    key: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Chat", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("Chat", self.text, Style.QUOTE)


class DebriefEnded(Body, frozen=True):
    """The debrief has ended: from now on no record is retracted."""

    kind: ClassVar[str] = "debrief-ended"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Debrief ended")


class MomentNotReached(Body, frozen=True):
    """A person reports at the debrief that an objective's moment did not happen."""

    kind: ClassVar[str] = "not-done"
    audience: ClassVar[Audience] = FACILITATOR
    moment: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Reported as not done: {self.moment}")
