"""Statements of participants and interventions of the facilitator, sent to a running drill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gameday.app.running_drills import select_running_drill
from gameday.errors import Refused

if TYPE_CHECKING:
    from gameday.drill.control.running_drills import RunningDrill

RESPONSE_TIMEOUT_S = 2.0


def send_statement(statement: Mapping[str, Any], drill: str | None) -> str:
    """Send a statement or an action to the running drill; return its answer. Raises Refused or BadArguments."""
    running = select_running_drill(drill)
    return _send(running, {"request": "statement", **statement})


def send_intervention(intervention: Mapping[str, Any], drill: str | None, token: str) -> str:
    """Send an intervention of the facilitator; return the drill's answer. Raises Refused or BadArguments.

    The token of the same user's drill is read first: `token` may still be that of an earlier drill.
    """
    from gameday.drill.control.facilitator_token import load_token

    running = select_running_drill(drill)
    return _send(running, {"request": "intervention", "token": load_token(running.drill) or token, **intervention})


def _send(running: RunningDrill, request: Mapping[str, Any]) -> str:
    from gameday.drill.control.client import NoResponse, ResponseUnknown, send_request_with_deadline

    try:
        answer = send_request_with_deadline(running.socket_path, request, RESPONSE_TIMEOUT_S)
    except ResponseUnknown:
        raise Refused(
            f"{running.drill} did not answer in time; the request was cancelled",
            "Check if it was recorded before you repeat it: gameday attach",
        ) from None
    except NoResponse:
        raise Refused(f"{running.drill} does not respond; nothing was recorded", "See: gameday status") from None
    if not answer.get("accepted"):
        raise Refused(str(answer.get("reason", "the drill rejected it")), str(answer.get("remedy", "")))
    text = answer.get("confirmation") or f"actions: {', '.join(answer.get('actions', ())) or 'none'}"
    return f"{running.drill}: {text}"
