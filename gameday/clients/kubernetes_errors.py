"""Errors of a Kubernetes API server, and which of them a response means."""

from __future__ import annotations

import json
import re
from http import HTTPStatus

_MAX_MESSAGE_CHARS = 400
_DENIED = re.compile(r"denied (the )?request|exceeded quota")
"""Words of a webhook, a ValidatingAdmissionPolicy or a quota that works and refuses: retrying does not help."""


class ClusterError(Exception):
    """The API server refused or did not respond. The text is for people, and holds no secret.

    `todo`: what a person could do about it; empty where nothing is known. `may_have_landed`: True if the request may
    have taken effect all the same."""

    def __init__(self, why: str, todo: str = "", *, may_have_landed: bool = False) -> None:
        super().__init__(why)
        self.todo = todo
        self.may_have_landed = may_have_landed


class NotFound(ClusterError):
    """No such object."""


class Conflict(ClusterError):
    """The object changed meanwhile, or exists already."""


class Invalid(ClusterError):
    """The server rejects the content; a `test` of a JSON patch that failed is answered so too."""


class Forbidden(ClusterError):
    """The account may not do that, or admission refuses it."""


class RefusedForNow(ClusterError):
    """A disruption budget, or the server's own load, does not allow it now."""


def response_error(status: int, body: bytes, request: str) -> ClusterError:
    """Return the error that a response means."""
    message = _message(body)
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return ClusterError("the API server rejects the credentials of this context", "Log in again.")
        case HTTPStatus.FORBIDDEN | HTTPStatus.UNPROCESSABLE_ENTITY if _DENIED.search(message):
            return Forbidden(f"admission refuses it: {message}", "Ask the owner of the policy, or choose another kind.")
        case HTTPStatus.FORBIDDEN:
            return Forbidden(
                f"the API server refused the request: {message}",
                "Grant the right to this account, or use another context.",
            )
        case HTTPStatus.NOT_FOUND:
            return NotFound(f"not found: {message}")
        case HTTPStatus.CONFLICT:
            return Conflict(f"conflict: {message}")
        case HTTPStatus.UNPROCESSABLE_ENTITY:
            return Invalid(f"the API server rejected the request: {message}")
        case HTTPStatus.TOO_MANY_REQUESTS:
            return RefusedForNow(f"not allowed now: {message}")
    if "failed calling webhook" in message:
        return ClusterError(f"an admission webhook does not respond: {message}", "Restore the webhook first.")
    late = status >= HTTPStatus.INTERNAL_SERVER_ERROR and not request.startswith("GET")
    return ClusterError(f"the API server responded with {status}: {message}", may_have_landed=late)


def _message(body: bytes) -> str:
    """Return the server's message; for an eviction with its causes, which name the disruption budget."""
    try:
        status = json.loads(body)
        is_refused = status.get("code") == HTTPStatus.TOO_MANY_REQUESTS
        causes = (status.get("details") or {}).get("causes") or [] if is_refused else []
        return " ".join([str(status["message"]), *(str(cause["message"]) for cause in causes)])[:_MAX_MESSAGE_CHARS]
    except (ValueError, KeyError, TypeError, AttributeError):
        return "without a reason"
