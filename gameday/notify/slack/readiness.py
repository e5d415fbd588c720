"""Readiness of a Slack channel: its tokens are accepted, and allow what the channel does."""

from __future__ import annotations

from collections.abc import Iterator

from gameday.clients.connection import CredentialError
from gameday.model import ChannelBinding
from gameday.notify.slack.settings import SlackEndpoint, read_endpoint, secrets_of
from gameday.notify.slack.web_api import BAD_TOKEN, SlackError, call
from gameday.plugins.channel import DeliveryError
from gameday.plugins.types import Deadline
from gameday.variables import VariableError


def find_obstacle(binding: ChannelBinding) -> str:
    """Return why the channel could not work now; empty where Slack does not respond, because that may pass.

    It asks Slack about both tokens, within the channel's time-out, and posts nothing."""
    try:
        endpoint = read_endpoint(binding)
        secrets_of(endpoint.bot_token, endpoint.app_token)
    except (CredentialError, VariableError, ValueError) as error:
        return str(error)
    deadline = Deadline.after(binding.timeout)
    return _bot_obstacle(endpoint, deadline) or _app_obstacle(endpoint, deadline)


def _bot_obstacle(endpoint: SlackEndpoint, deadline: Deadline) -> str:
    try:
        answer = call(endpoint.api_url, endpoint.bot_token, "auth.test", {}, deadline)
    except DeliveryError as error:
        return _lasting(error, "bot_token")
    scopes = {scope.strip() for scope in str(answer["scopes"]).split(",")} - {""}
    missing = [scope for scope in _needed_scopes(endpoint) if scopes and scope not in scopes]
    return (
        f"bot_token lacks {', '.join(missing)}: add it in the app's OAuth scopes, and reinstall it" if missing else ""
    )


def _app_obstacle(endpoint: SlackEndpoint, deadline: Deadline) -> str:
    """Return why nothing could be received; the address that Slack returns is not used, and expires."""
    if endpoint.app_token is None:
        return ""
    try:
        call(endpoint.api_url, endpoint.app_token, "apps.connections.open", {}, deadline)
    except DeliveryError as error:
        return _lasting(error, "app_token")
    return ""


def _lasting(error: DeliveryError, key: str) -> str:
    return f"{key}: {error.reason}" if isinstance(error, SlackError) and error.code in BAD_TOKEN else ""


def _needed_scopes(endpoint: SlackEndpoint) -> Iterator[str]:
    kind = "groups" if endpoint.is_private else "channels"
    yield "chat:write"
    if not endpoint.conversation:
        yield "groups:write" if endpoint.is_private else "channels:manage"
    if endpoint.app_token is not None:
        if not endpoint.conversation:
            yield f"{kind}:history"
        yield "reactions:read"
