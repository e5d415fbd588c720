"""Statements of responders: moments, roles, remarks."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from gameday.events.audience import EVERYONE, SEALED, Audience
from gameday.events.body import EVENT_TYPES, Body, Pane
from gameday.events.text import NO_TEXT, SignalKinds, Style, Text, spans, with_detail
from gameday.model import MessageKind


class Statement(Body, frozen=True):
    """A statement of a person about the drill. `step`: the step of a rehearsal's script that made it.

    `responder_title` and `review_title` replace `title` where they are not empty.
    """

    abstract: ClassVar[bool] = True
    pane: ClassVar[Pane | None] = Pane.STATEMENT
    title: ClassVar[str]
    responder_title: ClassVar[str] = ""
    review_title: ClassVar[str] = ""
    text: str = ""
    step: int | None = None

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return with_detail(self.title, self.text)

    @override
    def responder_text(self) -> Text:
        return with_detail(self.responder_title or self.title, self.text)

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return with_detail(self.review_title or self.title, self.text, Style.QUOTE)


class Acknowledged(Statement, frozen=True):
    """Moment; a responder acknowledges the page, or the incident where no page came."""

    kind: ClassVar[str] = "acknowledged"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Acknowledged"


class Declared(Statement, frozen=True):
    """Moment; someone declares an incident."""

    kind: ClassVar[str] = "declared"
    audience: ClassVar[Audience] = EVERYONE
    message_kind: ClassVar[MessageKind | None] = MessageKind.STATUS
    title: ClassVar[str] = "Incident declared"


class IcAnnounced(Statement, frozen=True):
    """Moment; the incident commander announces that they command."""

    kind: ClassVar[str] = "ic-announced"
    audience: ClassVar[Audience] = EVERYONE
    message_kind: ClassVar[MessageKind | None] = MessageKind.STATUS
    title: ClassVar[str] = "Incident commander announced"
    responder_title: ClassVar[str] = "IC announced"


class TeamAssembled(Statement, frozen=True):
    """Moment; all roles that the scenario needs are present."""

    kind: ClassVar[str] = "assembled"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Team assembled"

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self.title)


class StatusUpdate(Statement, frozen=True):
    """Moment; a status update is posted."""

    kind: ClassVar[str] = "update"
    audience: ClassVar[Audience] = EVERYONE
    message_kind: ClassVar[MessageKind | None] = MessageKind.STATUS
    title: ClassVar[str] = "Status update"


class TheoryStated(Statement, frozen=True):
    """Moment; the team states what it thinks is happening."""

    kind: ClassVar[str] = "theory"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Theory"


class HelpRequested(Statement, frozen=True):
    """Moment; somebody asks for help."""

    kind: ClassVar[str] = "help"
    audience: ClassVar[Audience] = EVERYONE
    message_kind: ClassVar[MessageKind | None] = MessageKind.STATUS
    title: ClassVar[str] = "Help requested"


class RoleClaimed(Statement, frozen=True):
    """The event's own role was taken."""

    kind: ClassVar[str] = "role-claimed"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Role claimed"


class StopHeld(Statement, frozen=True):
    """Somebody is ready to press STOP at any time; a hosted drill does not start without."""

    kind: ClassVar[str] = "stop-held"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Holds STOP"


class RoleHandedOver(Statement, frozen=True):
    """Moment; the event's own role was handed over to somebody else."""

    kind: ClassVar[str] = "handover"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Role handed over"


class MitigationReported(Statement, frozen=True):
    """The team reports that service is restored; the moment itself is measured."""

    kind: ClassVar[str] = "mitigation-reported"
    audience: ClassVar[Audience] = EVERYONE
    message_kind: ClassVar[MessageKind | None] = MessageKind.STATUS
    title: ClassVar[str] = "Team reports service restored"
    responder_title: ClassVar[str] = "Service restored"

    @override
    def review_text(self, signals: SignalKinds) -> Text:
        return spans(self.title)


class Note(Statement, frozen=True):
    """A remark for the record."""

    kind: ClassVar[str] = "note"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Note"


class Decision(Statement, frozen=True):
    """A decision of the team."""

    kind: ClassVar[str] = "decision"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Decision"


class Answer(Statement, frozen=True):
    """The answer of a solo responder to the program's question."""

    kind: ClassVar[str] = "answer"
    audience: ClassVar[Audience] = EVERYONE
    title: ClassVar[str] = "Answer"


class SeverityStated(Statement, frozen=True):
    """Moment; the team states how severe the incident is."""

    kind: ClassVar[str] = "severity"
    audience: ClassVar[Audience] = EVERYONE
    message_kind: ClassVar[MessageKind | None] = MessageKind.STATUS
    title: ClassVar[str] = "Severity"


class Prediction(Statement, frozen=True):
    """One sealed line, submitted before the fault."""

    kind: ClassVar[str] = "prediction"
    audience: ClassVar[Audience] = SEALED
    pane: ClassVar[Pane | None] = None
    title: ClassVar[str] = "Prediction"
    review_title: ClassVar[str] = "Prediction before the fault"

    @override
    def responder_text(self) -> Text:
        return NO_TEXT


class Retracted(Body, frozen=True):
    """Earlier events are retracted: whatever is computed from the log leaves them out; the log itself keeps them.

    `entries`: their numbers in the log; `kinds`: what they were.
    """

    kind: ClassVar[str] = "retracted"
    audience: ClassVar[Audience] = EVERYONE
    pane: ClassVar[Pane | None] = Pane.STATEMENT
    entries: tuple[int, ...]
    kinds: tuple[str, ...] = ()

    @override
    def log_text(self, signals: SignalKinds) -> Text:
        return spans(f"Retracted: {', '.join(kind.replace('-', ' ') for kind in self.kinds)}")

    @override
    def responder_text(self) -> Text:
        return self.log_text({})


STATEMENT_TYPES: dict[str, type[Statement]] = {
    kind: event for kind, event in EVENT_TYPES.items() if issubclass(event, Statement)
}
"""Every statement by its kind."""


def statement(kind: str, text: str = "", step: int | None = None) -> Statement:
    """Return the event of that kind; raises KeyError for any other kind."""
    return STATEMENT_TYPES[kind](text=text, step=step)
