"""Events of faults taken away: the revert of all, what became of each, and what is left to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import FACILITATOR, Audience
from gameday.events.body import Body, Marked, Tone
from gameday.events.text import SignalKinds, Text, spans, with_detail
from gameday.units import format_duration


class RevertBegun(Body, frozen=True):
    """All faults are being reverted."""

    kind: ClassVar[str] = "reverting"
    audience: ClassVar[Audience] = FACILITATOR
    reason: str = ""

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Reverting all faults", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("The revert started")


class RevertPending(Marked, frozen=True):
    """A revert did not succeed; it is tried again."""

    kind: ClassVar[str] = "revert-pending"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("NOT reverted yet, trying again", self.reason)


class FaultReverted(Marked, frozen=True):
    """One fault is reverted and verified; the reason says where it ended with the object that held it."""

    kind: ClassVar[str] = "fault-reverted"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("A fault was reverted and verified")


class FaultKept(Marked, frozen=True):
    """People changed the object meanwhile; their change is left unchanged and reported."""

    kind: ClassVar[str] = "fault-kept"
    audience: ClassVar[Audience] = FACILITATOR

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Left as people changed it", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class GivenUp(Marked, frozen=True):
    """A person closed a fault by hand, with a reason."""

    kind: ClassVar[str] = "given-up"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Closed by hand", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return self.log_text(signals)


class AllReverted(Body, frozen=True):
    """Moment; no fault is present any more, so many seconds after the revert began.

    `reason`: where faults ended with the objects that held them; `kept`: why each was left to people."""

    kind: ClassVar[str] = "reverted"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.GOOD
    seconds: float | None = None
    reason: str = ""
    kept: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The sentence about what was verified, lost or left to people."""
        removed = "All faults removed, not verified" if self.reason else "All faults reverted and verified"
        how = "No fault is active" if self.kept else removed
        took = (
            f" in {format_duration(self.seconds)}"
            if self.seconds is not None and not (self.kept or self.reason)
            else ""
        )
        reason = f": {self.reason}" if self.reason else ""
        return how + took + reason + (f"; {kept_text(self.kept)}" if self.kept else "")

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(self.summary)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self.summary)


def kept_text(reasons: Sequence[str]) -> str:
    """Format `left as people changed it: shop was removed by somebody meanwhile`, with a count if there are several."""
    count = f"{len(reasons)} faults are " if len(reasons) > 1 else ""
    return f"{count}left as people changed it: {'; '.join(dict.fromkeys(reasons))}"
