"""Requests to Slack's Web API: each within its deadline, and no token in any error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gameday.clients.connection import Connection, CredentialError
from gameday.clients.event_loop import run_async
from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import HttpClient, Response
from gameday.clients.request_errors import NoResponse, RequestError, TimedOut
from gameday.model import Json
from gameday.notify.retry_after import TOO_MANY_REQUESTS, retry_after
from gameday.notify.slack.settings import secrets_of
from gameday.plugins.channel import DeliveryError
from gameday.plugins.types import Deadline
from gameday.variables import redact

BAD_TOKEN = frozenset({
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type",
    "missing_scope", "no_permission", "org_login_required", "ekm_access_denied", "team_access_not_granted",
})  # fmt: skip
"""Errors that only a person can correct: https://docs.slack.dev/reference/methods/auth.test#errors"""
_TEMPORARY = frozenset({"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable",
                        "request_timeout"})  # fmt: skip


class SlackError(DeliveryError):
    """An answer that is no success. `code`: Slack's own word for it, such as `invalid_auth`."""

    def __init__(self, method: str, code: str, detail: str = "", *, seconds: float = 0.0) -> None:
        self.code = code
        super().__init__(
            f"Slack refused {method}: {code}{detail}", may_retry=code in _TEMPORARY or seconds > 0, retry_after=seconds
        )


def call(
    api_url: str, token: Connection, method: str, arguments: Mapping[str, Json], deadline: Deadline
) -> Mapping[str, Any]:
    """Call a method and return its answer, with the scopes of the token as `scopes`.

    Raises SlackError for an error that Slack names, and DeliveryError without a usable answer.
    Conventions: https://docs.slack.dev/apis/web-api"""
    try:
        secrets = secrets_of(token)
    except CredentialError as error:
        raise DeliveryError(str(error)) from None
    try:
        response = run_async(_post(f"{api_url}/{method}", dict(arguments), token, deadline))
        if response.status == TOO_MANY_REQUESTS:
            raise SlackError(method, "ratelimited", seconds=retry_after(response))
        if response.status >= 500:
            raise DeliveryError(f"HTTP {response.status} from Slack", may_retry=True)
        answer = response.json(any_status=True)
    except RequestError as error:
        reason = redact(str(error), secrets)
        may_retry = isinstance(error, NoResponse) and not isinstance(error, TimedOut)
        raise DeliveryError(f"Slack: {reason}", may_retry=may_retry) from None
    return _checked(method, answer, response, secrets)


async def _post(url: str, body: Json, token: Connection, deadline: Deadline) -> Response:
    client = HttpClient()
    try:
        return await client.post(url, body, deadline.remaining(), token)
    finally:
        await client.close()


def _checked(method: str, answer: Any, response: Response, secrets: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise DeliveryError(f"Slack: HTTP {response.status}, and the response is no object")
    if answer.get("ok") is True:
        return {**answer, "scopes": response.headers.get("x-oauth-scopes", "")}
    code = redact(shorten_line(str(answer.get("error") or f"HTTP {response.status}")), secrets)
    needed = answer.get("needed")
    detail = f" (it needs {redact(shorten_line(str(needed)), secrets)})" if needed else ""
    raise SlackError(method, code, detail, seconds=retry_after(response) if code in _TEMPORARY else 0.0)
