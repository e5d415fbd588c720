"""Conclusions from readings: baseline, steady state, effect, expectations, guardrails."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, SignalEvent, Tone
from gameday.events.text import SignalKinds, Text, spans, with_detail
from gameday.units import format_duration, format_missing

CAUSE_OWN_REVERT = "the drill's own revert"
"""Cause of a recovery that was measured only after all faults had been reverted."""
UNKNOWN_CAUSE = "an unknown cause"
"""Cause of a recovery that nothing in the log explains."""
EvaluatedVerdict = Literal["met", "unmet", "unknown"]
EvaluatedPart = Literal["expectation", "clue", "mitigated"]
_PARTS = {"expectation": "Expectation", "clue": "Clue", "mitigated": "Mitigation criterion"}
_VERDICTS = {"met": "met", "unmet": "NOT met", "unknown": "unknown"}


class BaselineMeasured(SignalEvent, frozen=True):
    """A signal's value measured in preflight, before the fault."""

    kind: ClassVar[str] = "baseline"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Baseline: {self.reading_text(signals)}")


class SteadyStateChecked(Body, frozen=True):
    """Steady state was checked, before the fault or after the last revert."""

    kind: ClassVar[str] = "steady-state"
    audience: ClassVar[Audience] = FACILITATOR
    when: Literal["before", "after"]
    holds: bool
    failing: tuple[str, ...] = ()
    was_left: bool = True
    """False if no impact was measured, so that there was nothing to restore."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(self.review_text(signals), f": {', '.join(self.failing)}" if self.failing else "")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        is_return = self.when == "after" and self.was_left
        if self.holds:
            return spans("Steady state restored" if is_return else "Steady state holds")
        return spans("Steady state not restored" if is_return else "Steady state does not hold")

    @override
    def tone(self) -> Tone:
        return Tone.GOOD if self.holds else Tone.BAD


class EffectJudged(SignalEvent, frozen=True, kw_only=True):
    """The effect expected of a fault was seen in its time, or not."""

    kind: ClassVar[str] = "effect"
    audience: ClassVar[Audience] = FACILITATOR
    fault: str
    seen: bool
    occurrence: int = 0
    """Number of the fault's time, from 0: a fault may repeat."""
    start: float | None = None
    end: float | None = None
    """The readings that it rests on were taken from start to end (CLOCK_MONOTONIC)."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        effect = "Expected effect seen" if self.seen else "Expected effect NOT seen"
        return spans(f"{effect}: {self.reading_text(signals)}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        effect = "Expected effect seen" if self.seen else "Expected effect not seen"
        return self.measured_text(effect, signals)

    @override
    def tone(self) -> Tone:
        return Tone.NEUTRAL if self.seen else Tone.BAD


class Evaluated(SignalEvent, frozen=True, kw_only=True):
    """The readings from start to end were compared with an expectation, a clue or the mitigation."""

    kind: ClassVar[str] = "evaluated"
    audience: ClassVar[Audience] = FACILITATOR
    part: EvaluatedPart
    index: int
    verdict: EvaluatedVerdict
    start: float | None = None
    end: float | None = None
    fault: str = ""
    """The fault that was present meanwhile; empty where it may be any."""
    occurrence: int = 0
    """Number of that fault's time, from 0: a fault may repeat."""
    margin: float | None = None
    """Distance of the value from its limit; negative where it is beyond. The worst window has the smallest."""
    readings: int = 0
    """Readings that were due while it was judged; 0 where they were not counted."""
    missing: int = 0
    """Those of them without a value, or whose window had too few."""

    @override
    def finding_text(self, signals: SignalKinds) -> str:
        """Return the value; for one that does not count, what is missing too."""
        if self.verdict == "unknown" and self.text:
            return self.text.removesuffix(f", n {self.n}")
        return super().finding_text(signals)

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        missing = f"; {format_missing(self.missing, self.readings)}" if self.missing else ""
        return spans(f"{_PARTS[self.part]} {_VERDICTS[self.verdict]}: {self.reading_text(signals)}{missing}")

    @override
    def tone(self) -> Tone:
        return Tone.NEUTRAL if self.verdict == "met" else Tone.BAD


class GuardrailWarned(SignalEvent, frozen=True, kw_only=True):
    """A guardrail is near; the facilitator is warned first."""

    kind: ClassVar[str] = "guardrail-warning"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    guardrail: int = 0

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"GUARDRAIL WARNING: {self.reading_text(signals)}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.measured_text("Guardrail warning", signals)


class GuardrailBroken(SignalEvent, frozen=True, kw_only=True):
    """A guardrail broke; the drill is halted."""

    kind: ClassVar[str] = "guardrail-breach"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    guardrail: int = 0

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"GUARDRAIL BROKEN, drill halted: {self.reading_text(signals)}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.measured_text("Guardrail broken", signals)


class SignalUnreadable(Body, frozen=True):
    """A signal could not be read for too long; a guardrail's (its index) halts the drill."""

    kind: ClassVar[str] = "signal-unreadable"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD
    signal: str
    seconds: float | None = None
    text: str = ""
    guardrail: int | None = None

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        since = f" for {format_duration(self.seconds)}" if self.seconds is not None else ""
        return with_detail(f"{self.signal or 'A signal'} cannot be read{since}", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class Mitigated(Body, frozen=True):
    """Moment; service is restored, sustained, and the fault may still be present; after these actions began."""

    kind: ClassVar[str] = "mitigated"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.GOOD
    actions: tuple[str, ...] = ()
    text: str = ""
    censored: bool = False
    """The planned end of a fault may have restored service."""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("MITIGATED, service restored", self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Service restored")


class Recovered(Body, frozen=True):
    """Moment; steady state is restored. Censored where the cause was a revert, a later fault, a halt or a lapse."""

    kind: ClassVar[str] = "recovered"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.GOOD
    censored: bool = False
    cause: str = ""
    text: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"RECOVERED{self._after}")

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(f"Recovered{self._after}")

    @property
    def _after(self) -> str:
        if self.cause == UNKNOWN_CAUSE:
            return ", cause unknown"
        return f" after {self.cause}" if self.cause else ""

    @override
    def is_noteworthy(self) -> bool:
        return self.cause != CAUSE_OWN_REVERT  # the event `steady-state` says the same of that one
