"""Rights of a page: what its role may do. STOP, PAUSE and ending a stopped drill are everyone's."""

from __future__ import annotations

from enum import StrEnum

from gameday.model import Role


class PageRole(StrEnum):
    """Role of a link, and so of the page that it opens."""

    RESPONDERS = "responders"
    IC = "ic"
    MENTOR = "mentor"
    OBSERVER = "observer"
    WALL = "wall"
    """A screen in the room that nobody types on."""

    @property
    def drill_role(self) -> Role | None:
        """The role that statements from this page have; None where each person chooses."""
        return _DRILL_ROLES.get(self)

    @property
    def heading(self) -> str:
        """The name of the page for people."""
        return _TITLES[self]


_DRILL_ROLES = {PageRole.IC: Role.IC, PageRole.MENTOR: Role.MENTOR, PageRole.OBSERVER: Role.OBSERVER}
_TITLES = {
    PageRole.RESPONDERS: "Responders", PageRole.IC: "Incident commander", PageRole.MENTOR: "Mentor",
    PageRole.OBSERVER: "Observer", PageRole.WALL: "Wall screen",
}  # fmt: skip


class Action(StrEnum):
    """A form of the pages; the value is the last part of its address."""

    STOP = "stop"
    END = "end"
    PAUSE = "pause"
    RESUME = "resume"
    STATEMENT = "statement"
    CLAIM = "claim"
    HANDOVER = "handover"
    RUN_ACTION = "action"
    RETRACT = "retract"


STATEMENTS = {
    "stop-held": "I hold STOP", "acknowledged": "Acknowledge the page", "declared": "Declare an incident",
    "help": "Ask for help", "mitigation-reported": "Service is restored", "severity": "Severity",
    "update": "Status update", "theory": "Theory", "decision": "Decision", "note": "Note", "prediction": "Prediction",
}  # fmt: skip
"""Statements that a page offers, and what people read."""
WITHOUT_TEXT = frozenset({"stop-held", "acknowledged", "declared", "help", "mitigation-reported"})
"""Statements whose time is enough."""
BEFORE_START = frozenset({"stop-held", "note", "prediction"})
"""Statements that the drill accepts before it starts."""
_BEFORE_START_ONLY = frozenset({"stop-held", "prediction"})
CLAIMABLE = (Role.IC, Role.OPS, Role.COMMS, Role.SCRIBE, Role.MENTOR, Role.OBSERVER)
"""Roles that can be taken on a page; the facilitator has a terminal."""

_EVERYONE = frozenset({Action.STOP, Action.END, Action.PAUSE})
_RESPONDING = frozenset(Action)
_ALLOWED = {
    PageRole.RESPONDERS: _RESPONDING,
    PageRole.IC: _RESPONDING,
    PageRole.MENTOR: _EVERYONE | {Action.RESUME, Action.STATEMENT},
    PageRole.OBSERVER: _EVERYONE | {Action.STATEMENT},
    PageRole.WALL: _EVERYONE,
}
_COACHING = ("stop-held", "note")
"""Statements of those who do not respond: they watch, and may hold STOP."""


def is_allowed(role: PageRole, action: Action) -> bool:
    """Return True if a page of this role offers the action, and the server accepts it."""
    return action in _ALLOWED[role]


def statements_of(role: PageRole) -> dict[str, str]:
    """Return the statements that this role may make, with what people read."""
    if not is_allowed(role, Action.STATEMENT):
        return {}
    if is_allowed(role, Action.CLAIM):
        return STATEMENTS
    return {kind: STATEMENTS[kind] for kind in _COACHING}


def offered_statements(role: PageRole, *, has_started: bool) -> dict[str, str]:
    """Return the statements that a page of this role offers now."""
    names = statements_of(role).items()
    return {
        kind: name for kind, name in names if (kind not in _BEFORE_START_ONLY if has_started else kind in BEFORE_START)
    }
