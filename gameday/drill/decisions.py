"""What can be due in a drill: the facilitator says it, the loop performs it."""

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
    """The events; none for what is done otherwise."""
    match what:
        case Resume(why):
            return [NewEvent(Resumed(why))]
        case SendPage(say):
            return [NewEvent(Paged("program", say))]
        case Escalate(to, say):
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
    """The environment's alert stayed silent: page, and say that the program did."""

    say: str


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Send this message; `offer`: it depends on what a person said, so a person decides."""

    entry: int
    message: Message
    offer: bool


@dataclass(frozen=True, slots=True)
class SkipMessage:
    """This message is not sent."""

    entry: int
    why: str


@dataclass(frozen=True, slots=True)
class PerformStep:
    """The rehearsal's responders do this."""

    index: int
    step: ScriptStep


@dataclass(frozen=True, slots=True)
class StartAction:
    """A responder wants this action taken: the `index`th that was wanted."""

    index: int
    action: str


@dataclass(frozen=True, slots=True)
class Finish:
    """End the drill: revert everything, then close."""

    reason: EndReason
    why: str


@dataclass(frozen=True, slots=True)
class AdjustFault:
    """Set the fault to these parameters: a new intent, and then the one before is reverted."""

    planned: PlannedFault


@dataclass(frozen=True, slots=True)
class EndFault:
    """The fault has lasted as long as the scenario plans: revert it."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class Resume:
    """The pause has lasted long enough."""

    why: str


@dataclass(frozen=True, slots=True)
class Escalate:
    """The page is not acknowledged: it goes to this role too."""

    to: Role
    say: str


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """A solo responder is asked what they think."""

    say: str


Decision = (
    ApplyFault
    | AskQuestion
    | Escalate
    | AdjustFault
    | EndFault
    | Resume
    | SendPage
    | SendMessage
    | SkipMessage
    | PerformStep
    | StartAction
    | Finish
)
