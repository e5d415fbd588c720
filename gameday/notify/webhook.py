"""Message channel `webhook`: posts each message as JSON, as Slack, Mattermost and most incoming webhooks accept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typing_extensions import override

from gameday.clients.connection import CredentialError
from gameday.clients.event_loop import run_async
from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import HttpClient, Response, import_transport
from gameday.clients.request_errors import NoResponse, RequestError, TimedOut
from gameday.model import ChannelBinding, Json
from gameday.notify import webhook_settings
from gameday.notify.retry_after import TOO_MANY_REQUESTS, retry_after
from gameday.notify.webhook_body import fill_body
from gameday.notify.webhook_settings import WebhookEndpoint
from gameday.plugins.channel import ChannelMessage, DeliveryError, MessageChannel
from gameday.plugins.types import Deadline, SettingsProblem
from gameday.variables import redact

MAX_REASON_CHARS = 120


class WebhookChannel(MessageChannel):
    """Incoming webhook of a chat."""

    name = "webhook"

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
        return webhook_settings.find_problems(settings)

    @override
    def find_obstacle(self, binding: ChannelBinding) -> str:
        return webhook_settings.find_obstacle(binding)

    @override
    def load(self) -> None:
        import_transport()

    @override
    def deliver(self, message: ChannelMessage, binding: ChannelBinding, deadline: Deadline) -> None:
        try:
            endpoint = webhook_settings.read_endpoint(binding)
        except (CredentialError, ValueError) as error:
            raise DeliveryError(str(error)) from None
        try:
            response = run_async(_post(endpoint, fill_body(endpoint.body, message), deadline))
        except RequestError as error:
            reason = redact(str(error), endpoint.secrets)
            if isinstance(error, TimedOut):
                reason += "; the message may have arrived"  # sent again, it could be there twice
            retry = isinstance(error, NoResponse) and not isinstance(error, TimedOut)
            raise DeliveryError(reason, may_retry=retry) from None
        if not 200 <= response.status < 300:
            raise _refusal(response, endpoint)


async def _post(endpoint: WebhookEndpoint, body: Json, deadline: Deadline) -> Response:
    client = HttpClient()
    try:
        return await client.post(endpoint.url, body, deadline.remaining(), endpoint.connection)
    finally:
        await client.close()


def _refusal(response: Response, endpoint: WebhookEndpoint) -> DeliveryError:
    """Return the error for a status that is no success, with the reason that the server gives."""
    reason = response.error_text() or shorten_line(response.body, MAX_REASON_CHARS)
    detail = f": {redact(reason, endpoint.secrets)}" if reason and "<" not in reason else ""  # not a web page
    may_retry = response.status >= 500 or response.status == TOO_MANY_REQUESTS
    return DeliveryError(f"HTTP {response.status}{detail}", may_retry=may_retry, retry_after=retry_after(response))
