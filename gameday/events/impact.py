"""Impact on users: steady state was left while a fault was present, or while that is not known."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, SignalEvent, Tone
from gameday.events.text import SignalKinds, Text, spans


class ImpactDetected(SignalEvent, frozen=True):
    """Moment; the first reading outside steady state while a fault is present."""

    kind: ClassVar[str] = "impact"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    start: float | None = None
    end: float | None = None
    """The readings that it rests on were taken from start to end (CLOCK_MONOTONIC)."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"IMPACT, users affected: {self.reading_text(signals)}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.measured_text("Users affected", signals)


class ImpactNotJudged(Body, frozen=True):
    """Two readings in a row were outside steady state, but do not count; no other two were. `reason`: a clause."""

    kind: ClassVar[str] = "impact-not-judged"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    signal: str
    reason: str

    @property
    def sentence(self) -> str:
        return f"{self.signal} left steady state, but {self.reason}"

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Impact is unknown: {self.sentence}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Impact is unknown: {self.sentence}")
