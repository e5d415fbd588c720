"""Events of what earlier drills left to do, read out at the briefing of the next one."""

from __future__ import annotations

from typing import ClassVar, Literal

from typing_extensions import override

from gameday.events.audience import EVERYONE, FACILITATOR, Audience
from gameday.events.body import Body, Pane
from gameday.events.text import SignalKinds, Text, spans, with_detail

FollowUpResult = Literal["kept", "broken", "none"]


class FollowUpReported(Body, frozen=True):
    """An open action item, or a review that is not finished, for the briefing: of any type of drill."""

    kind: ClassVar[str] = "follow-up"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    text: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail("From earlier drills", self.text)

    @override
    def responder_text(self) -> Text:
        return spans(self.text)


class ErrorBudgetLow(Body, frozen=True):
    """An error budget is outside its limit, or unknown; read out at the briefing, and keeps no drill from starting."""

    kind: ClassVar[str] = "error-budget"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.MESSAGE
    text: str

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(self.text or "An error budget is low")

    @override
    def responder_text(self) -> Text:
        return spans(self.text or "An error budget is low")


class EarlierItemsEvaluated(Body, frozen=True):
    """Follow-up of the last drill of this type: an action item was done before this one, or none was.

    `result`: kept if at least one of `total` was done, broken if none was, none if there was no item. A team owns the
    items: no person is evaluated. Responders see it after the end, because it tells the type of the scenario."""

    kind: ClassVar[str] = "follow-up-result"
    audience: ClassVar[Audience] = FACILITATOR
    routine: ClassVar[bool] = True
    result: FollowUpResult
    earlier: str = ""
    done: int = 0
    total: int = 0

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        if self.result == "none":
            return spans("No action item of an earlier drill of this type")
        done = f"{self.done} of {self.total} done before this drill"
        return spans(f"Action items of {self.earlier}: {done}; one before the next of the type: {self.result}")
