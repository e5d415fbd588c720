"""Impact: steady state was left while a fault was present, or while that is not known."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, SignalEvent, Tone
from gameday.events.text import SignalKinds, Text, spans
from gameday.model import SignalKind


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
        effect = "users affected" if self.affects_users(signals) else "steady state left"
        return spans(f"IMPACT, {effect}: {self.reading_text(signals)}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.measured_text("Users affected" if self.affects_users(signals) else "Steady state left", signals)

    def affects_users(self, signals: SignalKinds) -> bool:
        """Return False for a count, such as of ready pods: it says what the system has, not what a user sees."""
        return signals.get(self.signal) != SignalKind.COUNT


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
