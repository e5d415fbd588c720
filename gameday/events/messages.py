"""Events that reach responders: alerts, pages, messages, hints, questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience, roles
from gameday.events.body import Body, Pane, Tone
from gameday.events.text import NO_TEXT, SignalKinds, Style, Text, code, quote, spans, with_detail
from gameday.model import HintLevel, MessageKind, Role
from gameday.units import format_role


class AlertFired(Body, frozen=True):
    """Moment; an alert of the environment fired."""

    kind: ClassVar[str] = "alert"
    audience: ClassVar[Audience] = EVERYONE
    field_audience: ClassVar[Mapping[str, Audience]] = {"expected": FACILITATOR}
    signal: str = ""
    expected: bool = False

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Alert {self.signal} fires" + ("" if self.expected else " (unexpected)"))

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Alert ", code(self.signal), "" if self.expected else " (unexpected)")


class Paged(Body, frozen=True):
    """Moment; the responders were paged, by the environment's alert or by the program's fallback."""

    kind: ClassVar[str] = "paged"
    audience: ClassVar[Audience] = EVERYONE
    default_sender: ClassVar[str] = ""
    pane: ClassVar[Pane | None] = Pane.PAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.PAGE
    by: Literal["environment", "program"] = "environment"
    text: str = ""

    @property
    def by_program(self) -> bool:
        return self.by == "program"

    @override
    def is_sent(self) -> bool:
        return self.by_program  # the team's own alert has sent the other

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("PAGE by gameday" if self.by_program else "PAGE", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Responders paged by {'gameday' if self.by_program else 'the alert'}")


class PageEscalated(Body, frozen=True):
    """The page was not acknowledged; it went to the next role too."""

    kind: ClassVar[str] = "page-escalated"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.PAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.PAGE
    to: Role
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(f"PAGE not acknowledged, also sent to {format_role(self.to)}", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def sender(self) -> str:
        return f"also to {format_role(self.to)}"

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Page not acknowledged, also sent to {format_role(self.to)}")


class MessageSent(Body, frozen=True):
    """A scripted message was sent to the responders; `look_for` is what the facilitator watches for."""

    kind: ClassVar[str] = "message"
    audience: ClassVar[Audience] = EVERYONE
    field_audience: ClassVar[Mapping[str, Audience]] = {"look_for": FACILITATOR}
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.MESSAGE
    entry: int
    persona: str
    text: str = ""
    look_for: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        look_for = f" (look for: {self.look_for})" if self.look_for else ""
        return spans(f"Message from {self.persona}: ", quote(self.text), look_for)

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
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.MESSAGE
    entry: int
    text: str = ""
    rung: HintLevel = HintLevel.NUDGE

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Hint ({self.rung}): ", quote(self.text))

    @override
    def responder_text(self) -> Text:
        return spans(self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Hint ({self.rung}): ", quote(self.text))


class HintOffered(Body, frozen=True):
    """A hint that depends on a human event was offered to the facilitator, not sent."""

    kind: ClassVar[str] = "hint-offered"
    audience: ClassVar[Audience] = FACILITATOR
    entry: int
    text: str = ""
    rung: HintLevel = HintLevel.NUDGE

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Hint ({self.rung}) offered, not sent: ", quote(self.text))

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class HintWhispered(Body, frozen=True):
    """The mentor passes a hint to the IC alone, as a question."""

    kind: ClassVar[str] = "hint-whispered"
    audience: ClassVar[Audience] = roles(Role.MENTOR)
    entry: int
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Mentor passes a hint to the IC", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Hint passed to the IC by the mentor: ", quote(self.text))


class MessageSkipped(Body, frozen=True):
    """A message or hint was not sent."""

    kind: ClassVar[str] = "message-skipped"
    audience: ClassVar[Audience] = FACILITATOR
    entry: int
    reason: str = ""
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        reason = self.reason if self.reason.startswith("by ") else f"({self.reason})" if self.reason else ""
        text = spans(": ", quote(self.text)) if self.text else NO_TEXT
        return spans(f"Message {self.entry + 1} skipped", f" {reason}" if reason else "", text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class MessageUndelivered(Body, frozen=True):
    """A channel did not deliver a message; reported once per channel."""

    kind: ClassVar[str] = "message-undelivered"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    channel: str
    reason: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(f"Message not delivered by channel {self.channel}", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail(f"Channel {self.channel} did not deliver a message", self.reason)


class QuestionAsked(Body, frozen=True):
    """The program asked a solo responder what they think."""

    kind: ClassVar[str] = "question"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Question", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("Question", self.text, Style.QUOTE)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)
