"""Events of what comes to the responders: alerts, pages, messages, hints, questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience, roles
from gameday.events.body import Body, Channel
from gameday.events.text import SignalKinds, Text, code, quote, spans, with_detail
from gameday.model import HintRung, Role


class AlertFired(Body, frozen=True):
    """Moment; an alert of the environment fired."""

    kind: ClassVar[str] = "alert"
    audience: ClassVar[Audience] = EVERYONE
    field_audience: ClassVar[Mapping[str, Audience]] = {"expected": FACILITATOR}
    signal: str = ""
    expected: bool = False

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Alert {self.signal} fires" + ("" if self.expected else ", not expected"))

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Alert ", code(self.signal), " fired" if self.expected else " fired unexpectedly")


class Paged(Body, frozen=True):
    """Moment; the responders were paged, by the environment's alert or by the program's fallback."""

    kind: ClassVar[str] = "paged"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = ""
    channel: ClassVar[Channel | None] = Channel.PAGE
    by: Literal["environment", "program"] = "environment"
    text: str = ""

    @property
    def by_program(self) -> bool:
        return self.by == "program"

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("PAGE, by the program: no alert fired" if self.by_program else "PAGE", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        by = "the program, because no alert had fired" if self.by_program else "the environment's alert"
        return spans(f"The responders were paged by {by}")


class PageEscalated(Body, frozen=True):
    """The page was not acknowledged; it went to the next role too."""

    kind: ClassVar[str] = "page-escalated"
    audience: ClassVar[Audience] = EVERYONE
    channel: ClassVar[Channel | None] = Channel.PAGE
    to: Role
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(f"PAGE not acknowledged, it goes to {self.to} too", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def sender(self) -> str:
        return f"to {self.to} too"

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"The page was not acknowledged and went to the {self.to} too")


class MessageSent(Body, frozen=True):
    """A scripted message was sent to the responders; `look_for` is what the facilitator watches for."""

    kind: ClassVar[str] = "message"
    audience: ClassVar[Audience] = EVERYONE
    field_audience: ClassVar[Mapping[str, Audience]] = {"look_for": FACILITATOR}
    channel: ClassVar[Channel | None] = Channel.MESSAGE
    entry: int
    persona: str
    text: str = ""
    look_for: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        look_for = f" (look for: {self.look_for})" if self.look_for else ""
        return spans(f"Message, {self.persona}: ", quote(self.text), look_for)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def sender(self) -> str:
        return self.persona

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Message from {self.persona}: ", quote(self.text))


class HintSent(Body, frozen=True):
    """A hint was sent."""

    kind: ClassVar[str] = "hint"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = "facilitator"
    field_audience: ClassVar[Mapping[str, Audience]] = {"rung": FACILITATOR}
    channel: ClassVar[Channel | None] = Channel.MESSAGE
    entry: int
    text: str = ""
    rung: HintRung = HintRung.NUDGE

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Hint, {self.rung}: ", quote(self.text))

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Hint ({self.rung}): ", quote(self.text))


class HintOffered(Body, frozen=True):
    """A hint that depends on what a person said was offered to the facilitator, not sent."""

    kind: ClassVar[str] = "hint-offered"
    audience: ClassVar[Audience] = FACILITATOR
    entry: int
    text: str = ""
    rung: HintRung = HintRung.NUDGE

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Hint offered, not sent, {self.rung}: ", quote(self.text))


class HintWhispered(Body, frozen=True):
    """The mentor puts a hint to the IC as a question, and to nobody else."""

    kind: ClassVar[str] = "hint-whispered"
    audience: ClassVar[Audience] = roles(Role.MENTOR)
    entry: int
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("The mentor asks the IC", self.text)


class MessageSkipped(Body, frozen=True):
    """A message or hint was not sent."""

    kind: ClassVar[str] = "message-skipped"
    audience: ClassVar[Audience] = FACILITATOR
    entry: int
    reason: str = ""
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        line = spans(quote(self.text)) if self.text else spans(f"Line {self.entry + 1} of the course")
        return spans("Skipped: ", line, f": {self.reason}" if self.reason else "")


class QuestionAsked(Body, frozen=True):
    """The program asked a solo responder what they think."""

    kind: ClassVar[str] = "question"
    audience: ClassVar[Audience] = EVERYONE
    channel: ClassVar[Channel | None] = Channel.MESSAGE
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Asked", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)
