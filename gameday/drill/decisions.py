"""Decisions of the facilitator, which the loop performs."""

from __future__ import annotations

from dataclasses import dataclass

from gameday.events import (
    HintOffered,
    HintSent,
    MessageSent,
    MessageSkipped,
    NewEvent,
    Paged,
    PageEscalated,
    QuestionAsked,
    Resumed,
)
from gameday.model import EndReason, Fault, Message, Plan, PlannedFault, Role, ScriptStep


def decision_events(what: Decision, plan: Plan) -> list[NewEvent]:
    """Return the events of a decision; none for one that is performed otherwise."""
    match what:
        case EndPause(why):
            return [NewEvent(Resumed(why))]
        case SendPage(say):
            return [NewEvent(Paged("program", say))]
        case EscalatePage(to, say):
            return [NewEvent(PageEscalated(to, say))]
        case AskQuestion(say):
            return [NewEvent(QuestionAsked(say))]
        case SendMessage():
            return [_message_event(what)]
        case SkipMessage(entry, why):
            return [NewEvent(MessageSkipped(entry, why, plan.scenario.messages[entry].say))]
        case _:
            return []


def _message_event(decision: SendMessage) -> NewEvent:
    message = decision.message
    if message.hint is None:
        return NewEvent(MessageSent(decision.entry, message.sender, message.say, message.look_for))
    event = HintOffered if decision.offer else HintSent
    return NewEvent(event(entry=decision.entry, text=message.say, rung=message.hint))


@dataclass(frozen=True, slots=True)
class ApplyFault:
    """Apply this fault now."""

    planned: PlannedFault


@dataclass(frozen=True, slots=True)
class SendPage:
    """Page the responders, because the environment's alert stayed silent."""

    say: str


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send this message; `offer`: offer it to the facilitator, because it depends on what people say."""

    entry: int
    message: Message
    offer: bool


@dataclass(frozen=True, slots=True)
class SkipMessage:
    """Do not send this message."""

    entry: int
    why: str


@dataclass(frozen=True, slots=True)
class PerformStep:
    """Perform this step of the rehearsal's responders."""

    index: int
    step: ScriptStep


@dataclass(frozen=True, slots=True)
class StartAction:
    """Start an action that a responder requested; `index` counts the requests."""

    index: int
    action: str


@dataclass(frozen=True, slots=True)
class FinishDrill:
    """End the drill: revert everything, then close."""

    reason: EndReason
    why: str


@dataclass(frozen=True, slots=True)
class AdjustFault:
    """Set the fault to these parameters: apply it anew, then revert the old one."""

    planned: PlannedFault


@dataclass(frozen=True, slots=True)
class EndFault:
    """Revert this fault: it lasted as long as planned."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class EndPause:
    """End a pause that lasted long enough."""

    why: str


@dataclass(frozen=True, slots=True)
class RevertAfterStop:
    """Revert all faults because of STOP; then people decide whether the drill ends."""


@dataclass(frozen=True, slots=True)
class EscalatePage:
    """Page this role too, because nobody acknowledged the page."""

    to: Role
    say: str


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """Ask a solo responder what they think."""

    say: str


Decision = (
    ApplyFault
    | AskQuestion
    | EscalatePage
    | AdjustFault
    | EndFault
    | EndPause
    | RevertAfterStop
    | SendPage
    | SendMessage
    | SkipMessage
    | PerformStep
    | StartAction
    | FinishDrill
)
