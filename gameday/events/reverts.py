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
        return with_detail("Everything is being taken back", self.reason)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans("Everything is being taken back")


class RevertPending(Marked, frozen=True):
    """A revert did not succeed; it is tried again."""

    kind: ClassVar[str] = "revert-pending"
    audience: ClassVar[Audience] = FACILITATOR
    default_tone: ClassVar[Tone] = Tone.BAD

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("NOT taken back yet, trying again", self.reason)


class FaultReverted(Marked, frozen=True):
    """One fault is reverted and verified; the reason says where it ended with the object that held it."""

    kind: ClassVar[str] = "fault-reverted"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans("A fault is taken back and read back as gone")


class FaultKept(Marked, frozen=True):
    """People changed the object meanwhile; their change is left unchanged and reported."""

    kind: ClassVar[str] = "fault-kept"
    audience: ClassVar[Audience] = FACILITATOR

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("Left as somebody made it", self.reason)

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
        lost = "Every fault is gone, and was not read back" if self.reason else "Every fault is read back as gone"
        how = "No fault stands" if self.kept else lost
        took = f", in {format_duration(self.seconds)}" if self.seconds is not None else ""
        reason = f": {self.reason}" if self.reason else ""
        return how + took + reason + (f"; {kept_text(self.kept)}" if self.kept else "")

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(self.summary)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self.summary)


def kept_text(reasons: Sequence[str]) -> str:
    """`left as somebody made it: shop was removed by somebody meanwhile`; how many where there are several."""
    count = f"{len(reasons)} faults are " if len(reasons) > 1 else ""
    return f"{count}left as somebody made it: {'; '.join(dict.fromkeys(reasons))}"
