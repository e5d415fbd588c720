"""Responders' view of a running drill: events of a pane, with the text for responders."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from gameday.events import (
    Event,
    HintOffered,
    HintSent,
    HintWhispered,
    IcAnnounced,
    Pane,
    Prediction,
    RoleClaimed,
    RoleHandedOver,
    StartApproved,
    Statement,
    StatusUpdate,
    StopHeld,
    TeamAssembled,
    format_delay,
    format_plain,
)
from gameday.model import Role, Source
from gameday.units import format_role

MAX_MESSAGES = 40
NEEDED_ROLES = (Role.IC, Role.OPS)
STOP_HOLDER = "somebody who holds STOP"


@dataclass(frozen=True, slots=True)
class ResponderMessage:
    """One message or statement; `at` is CLOCK_MONOTONIC. `record`: its number if people can retract it, else 0."""

    at: float
    who: str
    what: str
    record: int = 0


class ResponderBoard:
    """The responders' view. `pages` and `messages` are sent to responders, `statements` come from them."""

    def __init__(self) -> None:
        self.pages: list[ResponderMessage] = []
        self.messages: deque[ResponderMessage] = deque(maxlen=MAX_MESSAGES)
        self.statements: deque[ResponderMessage] = deque(maxlen=MAX_MESSAGES)
        self._lists = {
            Pane.PAGE: self.pages,
            Pane.MESSAGE: self.messages,
            Pane.STATEMENT: self.statements,
        }
        self.roles: dict[Role, float] = {}
        """Roles that were claimed, announced or handed over, and when."""
        self.assigned: tuple[Role, ...] = ()
        """Roles that somebody filled at the start, as the facilitator confirmed."""
        self.is_assembled = False
        self.is_stop_held = False
        self.last_update: float | None = None
        self.prediction_count = 0
        """Only the number of predictions is shown before the end."""
        self.offered_hint: int | None = None
        """Index of the hint that was offered and not sent yet."""
        self.for_role: dict[Role, list[ResponderMessage]] = {}
        """What only one role may see, besides the facilitator, by the audience of its event."""

    def list_awaited(self) -> list[str]:
        """Return who must join before a hosted drill starts, for people: `IC`, `ops`, `somebody who holds STOP`."""
        roles = [format_role(role) for role in NEEDED_ROLES if role not in self.roles]
        return roles if self.is_stop_held else [*roles, STOP_HOLDER]

    def event(self, event: Event) -> ResponderMessage | None:
        """Return the message that the event gives responders, or None."""
        self._update(event)
        if event.body.pane is None:
            self._keep_for_roles(event)
            return None
        is_statement = event.body.pane is Pane.STATEMENT
        who = (format_role(event.role) if event.role else "-") if is_statement else event.body.sender()
        later = f" ({delay})" if (delay := format_delay(event)) else ""
        record = event.seq if isinstance(event.body, Statement) and event.source is Source.HUMAN else 0
        message = ResponderMessage(event.happened, who, format_plain(event.body.responder_text()) + later, record)
        self._lists[event.body.pane].append(message)
        return message

    def _keep_for_roles(self, event: Event) -> None:
        for role in event.body.audience.roles - {Role.FACILITATOR}:
            seen = event.body.visible_to(role)
            if seen is not None:
                message = ResponderMessage(event.happened, seen.sender(), format_plain(seen.log_text({})))
                self.for_role.setdefault(role, []).append(message)

    def _update(self, event: Event) -> None:
        match event.body:
            case RoleClaimed() | IcAnnounced() if event.role:
                self.roles.setdefault(event.role, event.happened)
            case RoleHandedOver() if event.role:
                self.roles[event.role] = event.happened
            case StartApproved(roles=roles):
                self.assigned = roles
            case TeamAssembled():
                self.is_assembled = True
            case StopHeld():
                self.is_stop_held = True
            case StatusUpdate():
                self.last_update = event.happened
            case Prediction():
                self.prediction_count += 1
            case HintOffered(entry=entry):
                self.offered_hint = entry
            case HintSent() | HintWhispered():
                self.offered_hint = None
            case _:
                pass
