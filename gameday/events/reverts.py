"""Events of reverts: their begin, the outcome of each, and faults that are left to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, FaultEvent, Tone
from gameday.events.text import SignalKinds, Text, spans, with_detail
from gameday.units import format_duration


class RevertStarted(Body, frozen=True):
    """All faults are being reverted. `faults`: how many are left to revert; None: not recorded."""

    kind: ClassVar[str] = "reverting"
    audience: ClassVar[Audience] = FACILITATOR
    reason: str = ""
    faults: int | None = None

    @property
    def _summary(self) -> str:
        return "No fault to revert" if self.faults == 0 else "Reverting all faults"

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(self._summary, self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self._summary)


class RevertPending(FaultEvent, frozen=True):
    """A revert did not succeed; it is tried again."""

    kind: ClassVar[str] = "revert-pending"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Revert not complete yet; retrying", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class FaultReverted(FaultEvent, frozen=True):
    """One fault is reverted and verified; the reason says where it ended with the object that held it."""

    kind: ClassVar[str] = "fault-reverted"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("Fault reverted and verified")


class ForeignChangeKept(FaultEvent, frozen=True):
    """People changed the object meanwhile; their change is left unchanged and reported."""

    kind: ClassVar[str] = "fault-kept"
    audience: ClassVar[Audience] = FACILITATOR

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Left unchanged", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class RevertAbandoned(FaultEvent, frozen=True):
    """A person closed a fault by hand, with a reason."""

    kind: ClassVar[str] = "given-up"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Closed manually", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class AllReverted(Body, frozen=True):
    """Moment; no fault is present, so many seconds after the revert began.

    `reason`: where faults ended with the objects that held them; `kept`: why each was left to people."""

    kind: ClassVar[str] = "reverted"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.GOOD
    seconds: float | None = None
    reason: str = ""
    kept: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """Sentence about faults that were verified, lost or left to people."""
        duration = f" in {format_duration(self.seconds)}" if self.seconds is not None else ""
        outcome = "No active faults" if self.kept or self.reason else "All faults reverted and verified"
        lost = f". Not verified: {self.reason}. Check that the target is healthy" if self.reason else ""
        return outcome + duration + (f"; {kept_text(self.kept)}" if self.kept else "") + lost

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(self.summary)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self.summary)


def kept_text(reasons: Sequence[str]) -> str:
    """Return `left unchanged: shop was removed by somebody meanwhile`, with the number of several."""
    count = f"{len(reasons)} faults " if len(reasons) > 1 else ""
    return f"{count}left unchanged: {'; '.join(dict.fromkeys(reasons))}"
