"""What a person says of a running drill, made an event: who, as a role; what; and when it was so."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from gameday.drill.state import State
from gameday.events import (
    STATEMENT_TYPES,
    ActionRequested,
    Answer,
    Assembled,
    Decision,
    IcAnnounced,
    NewEvent,
    Note,
    Prediction,
    RoleClaimed,
    RoleHandedOver,
    SeverityStated,
    StatusUpdate,
    statement,
)
from gameday.model import Phase, Role, Source
from gameday.moments import Moment

_ANY_TIME = (RoleClaimed, RoleHandedOver, IcAnnounced, Assembled, Note, Prediction)
"""Roles are taken, and remarks made, before STARTEX too."""
_NEEDS_TEXT = (Note, Decision, Prediction, Answer, StatusUpdate, SeverityStated)
"""Without words they say nothing; of a moment it is enough that it was."""
LONGEST = 2000
"""Letters of one saying: more is a document, and belongs elsewhere."""

_JOINERS = "\u200c\u200d"
"""Not seen either, but emoji and some scripts are written with them."""
LONGEST_AGO = 86400.0
"""Seconds: what was longer ago than a day was not in this drill."""


class RequestRejected(Exception):
    """It cannot be written down as it is; `todo` says what can."""

    def __init__(self, why: str, todo: str = "") -> None:
        super().__init__(why)
        self.todo = todo


def statement_events(request: Mapping[str, Any], state: State, now: float, need: tuple[Role, ...]) -> list[NewEvent]:
    """The event, and the moments that follow from it: a claimed IC is announced, the last needed role assembles the
    team. `request`: kind, say, role, ago (seconds). Raises NotTaken."""
    kind, say = str(request.get("kind")), sanitize_line(request.get("say", ""))
    if kind not in STATEMENT_TYPES:
        raise RequestRejected(f"{kind} is nothing that people say")
    body = statement(kind, say)
    if isinstance(body, _NEEDS_TEXT) and not say:
        raise RequestRejected(f"{kind}: words are needed")
    if len(say) > LONGEST:
        raise RequestRejected(f"{len(say)} letters are too many for one line of a log", f"At most {LONGEST}.")
    if state.phase in (Phase.DONE, Phase.STUCK):
        raise RequestRejected("the drill is over", "Its review is a Markdown file: write it there.")
    if state.startex is None and not isinstance(body, _ANY_TIME):
        raise RequestRejected("the drill has not begun", "It begins with STARTEX; until then: gameday predict ...")
    if isinstance(body, RoleHandedOver) and _role(request) not in state.roles:
        raise RequestRejected("nobody holds that role", "Whoever takes it says: gameday claim ROLE")
    if isinstance(body, Prediction) and state.startex is not None:
        raise RequestRejected("predictions were sealed at STARTEX", "Say what you think now: gameday theory ...")
    role = Role.IC if isinstance(body, IcAnnounced) else _role(request)
    said = NewEvent(body, _happened(kind, request, state, now), Source.HUMAN, role)
    return [said, *_implied_moments(said, state, need)]


def clamped_time_note(request: Mapping[str, Any], made: NewEvent, now: float) -> str:
    """Said where it could not be so long ago; else empty."""
    asked = now - max(0.0, float(request.get("ago") or 0.0))
    return "; put where it can first have been" if made.happened is not None and made.happened > asked + 1.0 else ""


_FIRST_TIME_ONLY = frozenset({Moment.ACKNOWLEDGED.value, Moment.DECLARED.value, Moment.ASSEMBLED.value})
"""Of these the first time is the moment; of others each is news."""


def repeated_note(request: Mapping[str, Any], state: State) -> str:
    """Said where somebody has said so before; else empty."""
    kind = str(request.get("kind"))
    return " (it was so already)" if kind in _FIRST_TIME_ONLY and Moment(kind) in state.moments else ""


def sanitize_line(words: object) -> str:
    """What somebody said as text that every file and screen can take: no line breaks, no control characters, nothing
    that is not seen and turns what is seen (U+202E), and no bytes that are no letters (a paste from another
    encoding)."""
    letters = str(words).encode("utf-8", "replace").decode("utf-8")
    seen = (one for one in letters if unicodedata.category(one) != "Cf" or one in _JOINERS)
    line = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in seen)
    return line.strip().strip(_JOINERS)


def action_request_event(name: str, actions: Sequence[str], request: Mapping[str, Any], state: State) -> NewEvent:
    """A responder wants an action of the environment taken, which the drill then does and hands back at its end.
    Raises NotTaken."""
    if name not in actions:
        raise RequestRejected(f"this environment has no action {name}", f"It has: {', '.join(actions) or 'none'}.")
    if state.phase is not Phase.RUNNING or state.hands.paused is not None:
        raise RequestRejected("the drill does not run now", "Actions of your own are yours at any time.")
    return NewEvent(ActionRequested(name), source=Source.HUMAN, role=_role(request))


def _role(request: Mapping[str, Any]) -> Role | None:
    return Role(request["role"]) if request.get("role") else None


def _happened(kind: str, request: Mapping[str, Any], state: State, now: float) -> float:
    """So long ago, and never before the drill began; a page is not acknowledged before it came."""
    ago = min(max(0.0, float(request.get("ago") or 0.0)), LONGEST_AGO)
    alert = state.moments.get(Moment.PAGED) if kind == Moment.ACKNOWLEDGED else None
    earliest = state.startex if alert is None else alert
    return max(now - ago, earliest) if earliest is not None and ago else now - ago


def _implied_moments(said: NewEvent, state: State, need: tuple[Role, ...]) -> list[NewEvent]:
    if not isinstance(said.body, RoleClaimed | IcAnnounced) or said.role is None:
        return []
    claimed = isinstance(said.body, RoleClaimed)
    if claimed and said.role in state.roles:
        raise RequestRejected(f"{said.role} is held already", f"Whoever holds it says: gameday handover {said.role}")
    announced = claimed and said.role is Role.IC
    found = [NewEvent(IcAnnounced(), said.happened, Source.HUMAN, Role.IC)] if announced else []
    there = state.roles | {said.role, Role.FACILITATOR}
    if set(need) <= there and Moment.ASSEMBLED not in state.moments:
        found.append(NewEvent(Assembled(), said.happened, Source.HUMAN))
    return found
