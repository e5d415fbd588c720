"""Statements of participants in a running drill, turned into events with a role and the time they happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gameday.drill.state import DrillState
from gameday.events import (
    STATEMENT_TYPES,
    ActionRequested,
    Answer,
    Body,
    Decision,
    IcAnnounced,
    NewEvent,
    Note,
    Prediction,
    RoleClaimed,
    RoleHandedOver,
    SeverityStated,
    StatusUpdate,
    StopHeld,
    TeamAssembled,
    TheoryStated,
    statement,
)
from gameday.model import Phase, Role, Source
from gameday.moments import Moment
from gameday.printable import JOINERS, single_line
from gameday.suggestions import suggest_word
from gameday.units import format_role

_ALLOWED_BEFORE_START = (RoleClaimed, RoleHandedOver, IcAnnounced, TeamAssembled, StopHeld, Note, Prediction)
_NEEDS_TEXT = (Note, Decision, Prediction, Answer, StatusUpdate, SeverityStated, TheoryStated)
"""Statements that mean nothing without text; of a moment its time is enough."""
MAX_TEXT_LENGTH = 2000
"""Characters of one statement; a longer text belongs in a document."""
MAX_AGE_S = 86400.0
"""A statement about an earlier time than a day ago is not about this drill."""
_CLAMP_TOLERANCE_S = 1.0
_FIRST_TIME_ONLY = frozenset({Moment.ACKNOWLEDGED.value, Moment.DECLARED.value, Moment.ASSEMBLED.value})
"""Moments that happen once: a second statement changes nothing."""


class RequestRejected(Exception):
    """A request that cannot be recorded; `remedy` names what can."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.remedy = remedy


class InvalidRequest(RequestRejected):
    """A request with a name, number or value that this drill does not have: rejected at any time."""


def statement_events(
    request: Mapping[str, Any], state: DrillState, now: float, required: tuple[Role, ...]
) -> list[NewEvent]:
    """Return the event of a statement and the moments that follow from it. Raises RequestRejected.

    A claimed IC role is announced, and the last required role assembles the team. Keys of the request: kind, text,
    role, seconds_ago.
    """
    kind, text = str(request.get("kind")), sanitize_line(request.get("text", ""))
    if kind not in STATEMENT_TYPES:
        raise InvalidRequest(f"{kind} is not a statement of participants")
    body = statement(kind, text)
    _require_text(body, text)
    _require_phase(body, state)
    if isinstance(body, RoleHandedOver) and _role(request) not in state.roles:
        role = request.get("role")
        raise RequestRejected(f"nobody holds the role {role}", f"Take it: gameday claim {role}")
    role = Role.IC if isinstance(body, IcAnnounced) else _role(request)
    draft = NewEvent(body, _happened(kind, request, state, now), Source.HUMAN, role)
    return [draft, *_implied_moments(draft, state, required)]


def _require_text(body: Body, text: str) -> None:
    if isinstance(body, _NEEDS_TEXT) and not text:
        raise InvalidRequest(f"{body.kind}: text is required")
    if len(text) > MAX_TEXT_LENGTH:
        raise InvalidRequest(f"{len(text)} characters are too many for one event", f"At most {MAX_TEXT_LENGTH}.")


def _require_phase(body: Body, state: DrillState) -> None:
    if state.phase in (Phase.DONE, Phase.STUCK):
        raise RequestRejected("the drill has ended", "Its review is a Markdown file: add it there.")
    if state.started_at is None and not isinstance(body, _ALLOWED_BEFORE_START):
        raise RequestRejected("the drill has not started", "Until it starts: gameday predict ...")
    if isinstance(body, Prediction) and state.started_at is not None:
        raise RequestRejected("predictions were sealed at the start", "Record what you think now: gameday theory ...")
    if isinstance(body, Answer):
        require_question(state)


def require_question(state: DrillState) -> None:
    """Raise RequestRejected if there is nothing to answer: a solo responder was asked nothing yet."""
    if not state.questions_asked:
        raise RequestRejected("no question was asked yet", "Record what you think now: gameday theory ...")


_NAMES = {
    "acknowledged": "page acknowledged", "declared": "incident declared", "ic-announced": "IC announced",
    "assembled": "team assembled", "update": "status update", "help": "help requested",
    "mitigation-reported": "service restored", "role-claimed": "role claimed", "handover": "role handed over",
    "stop-held": "you hold STOP",
    "prediction": "prediction, sealed until the end",
}  # fmt: skip
"""Text of the record, where it differs from the kind of the event."""


def statement_name(draft: NewEvent) -> str:
    """Return what a statement records, for the confirmation: `help requested`, `IC: role claimed`."""
    name = _NAMES.get(draft.kind, draft.kind)
    match draft.body:
        case RoleClaimed() if draft.role:
            return f"{format_role(draft.role)}: {name}"
        case SeverityStated(text=text):
            return f"severity {text}"
        case _:
            return name


def clamped_time_note(request: Mapping[str, Any], draft: NewEvent, now: float) -> str:
    """Return a note if the time was moved to the earliest one possible; else an empty string."""
    requested = now - max(0.0, float(request.get("seconds_ago") or 0.0))
    is_clamped = draft.happened is not None and draft.happened > requested + _CLAMP_TOLERANCE_S
    return "; time adjusted to the earliest possible" if is_clamped else ""


def moment_note(request: Mapping[str, Any], state: DrillState) -> str:
    """Return a note if the moment is recorded already, or a page was acknowledged that is not recorded; else nothing.

    People know of a page before the log does, so the acknowledgement is recorded; one after the page counts again.
    """
    kind = str(request.get("kind"))
    page = state.moments.get(Moment.PAGED)
    if kind == Moment.ACKNOWLEDGED and page is None:
        return ", although no page is recorded yet"
    recorded_at = state.moments.get(Moment(kind)) if kind in _FIRST_TIME_ONLY else None
    is_early = kind == Moment.ACKNOWLEDGED and page is not None and recorded_at is not None and recorded_at < page
    return "" if recorded_at is None or is_early else " (already recorded)"


def sanitize_line(text: object) -> str:
    """Return text that every file and screen can take, on one line.

    Line breaks, control characters, invisible characters (U+202E reverses what follows) and bytes of another encoding
    are removed.
    """
    characters = str(text).encode("utf-8", "replace").decode("utf-8")
    return single_line(characters).strip().strip(JOINERS)


def action_request_event(name: str, actions: Sequence[str], request: Mapping[str, Any], state: DrillState) -> NewEvent:
    """Return the event for a requested action, which the drill runs and restores. Raises RequestRejected."""
    if name not in actions:
        available = f"Available: {', '.join(actions) or 'none'}."
        remedy = f"{suggest_word(name, actions)} {available}".lstrip()
        raise InvalidRequest(f"this environment has no action {name}", remedy)
    waits = state.interventions.paused_at is not None or state.stop.stopped_at is not None
    if state.phase is not Phase.RUNNING or waits:
        raise RequestRejected("the drill is not running now", "What you do without gameday is always possible.")
    return NewEvent(ActionRequested(name), source=Source.HUMAN, role=_role(request))


def _role(request: Mapping[str, Any]) -> Role | None:
    return Role(request["role"]) if request.get("role") else None


def _happened(kind: str, request: Mapping[str, Any], state: DrillState, now: float) -> float:
    """Return the stated time, not before the drill started; a page is not acknowledged before it was sent."""
    seconds_ago = min(max(0.0, float(request.get("seconds_ago") or 0.0)), MAX_AGE_S)
    page = state.moments.get(Moment.PAGED) if kind == Moment.ACKNOWLEDGED else None
    earliest = state.started_at if page is None else page
    happened = now - seconds_ago
    return max(happened, earliest) if earliest is not None and seconds_ago else happened


def _implied_moments(draft: NewEvent, state: DrillState, required: tuple[Role, ...]) -> list[NewEvent]:
    if not isinstance(draft.body, RoleClaimed | IcAnnounced) or draft.role is None:
        return []
    is_claim = isinstance(draft.body, RoleClaimed)
    if is_claim and draft.role in state.roles:
        raise RequestRejected(
            f"role {format_role(draft.role)} is already taken",
            f"The current {format_role(draft.role)} can hand it over: gameday handover {draft.role}",
        )
    implied: list[NewEvent] = []
    if is_claim and draft.role is Role.IC:
        implied.append(NewEvent(IcAnnounced(), draft.happened, Source.HUMAN, Role.IC))
    filled = state.roles | {draft.role, Role.FACILITATOR}
    if set(required) <= filled and Moment.ASSEMBLED not in state.moments:
        implied.append(NewEvent(TeamAssembled(), draft.happened, Source.HUMAN))
    return implied
