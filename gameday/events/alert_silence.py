"""Events of the silence that keeps an environment's alerts from people outside the drill."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience
from gameday.events.body import Body, IntentEvent, Pane, Tone
from gameday.events.text import SignalKinds, Text, spans, with_detail
from gameday.model import MessageKind


class SilenceIntended(IntentEvent, frozen=True):
    """A silence is about to be made; durable before it is."""

    kind: ClassVar[str] = "silence-intended"
    audience: ClassVar[Audience] = FACILITATOR

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Silencing {self.intent.target_text}; auto-reverts: {self.intent.auto_revert}")


class AlertsSilenced(Body, frozen=True):
    """The silence is in effect: Alertmanager was asked again."""

    kind: ClassVar[str] = "silenced"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    marker: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Alerts silenced, confirmed active")

    @override
    def responder_text(self) -> Text:
        return spans("Alerts go to the players alone until the drill ends")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Alerts silenced for others than the players")


class SilenceEndedUnexpectedly(Body, frozen=True):
    """The silence ended without this drill; it is never made again, so alerts reach everyone."""

    kind: ClassVar[str] = "silence-lapsed"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    message_kind: ClassVar[MessageKind | None] = MessageKind.ANNOUNCEMENT
    default_tone: ClassVar[Tone] = Tone.BAD
    marker: str
    reason: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Silence ended unexpectedly; alerts reach everyone from now on", self.reason)

    @override
    def responder_text(self) -> Text:
        return spans(f"Alerts reach everyone from now on: {self.reason}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail("Silence ended unexpectedly", self.reason)


class SilenceReverted(Body, frozen=True):
    """The silence was deleted and verified, or somebody else had ended it."""

    kind: ClassVar[str] = "silence-reverted"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    marker: str
    kept: str = ""
    """Why a silence was left: somebody has made another one of it."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Silence left unchanged", self.kept) if self.kept else spans("Silence deleted and verified")

    @override
    def responder_text(self) -> Text:
        return spans("Alerts reach everyone again") if not self.kept else self.log_text({})

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)
