"""Message channel `slack`: posts to a channel of the drill's own, or to one that is named, and receives from it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from gameday.clients.connection import CredentialError
from gameday.clients.foreign_text import shorten_line
from gameday.clients.http_client import import_transport
from gameday.model import ChannelBinding, Json
from gameday.notify.slack import readiness
from gameday.notify.slack.commands import END, STOP
from gameday.notify.slack.settings import SlackEndpoint, find_problems, read_endpoint
from gameday.notify.slack.socket_mode import Receive, SocketModeListener
from gameday.notify.slack.web_api import SlackError, call
from gameday.notify.webhook_body import MAX_TEXT_CHARS, neutralize_mentions
from gameday.plugins.channel import (
    ChannelMessage,
    ChatCommand,
    ChatDrill,
    DeliveryError,
    TwoWayChannel,
)
from gameday.plugins.types import Deadline, SettingsProblem
from gameday.variables import VariableError

MAX_INVITED = 100
"""People of one request to invite them."""
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""Characters that Slack's markup uses: https://docs.slack.dev/messaging/formatting-message-text#escaping"""


@dataclass(slots=True)
class _Conversation:
    """The channel of one drill in Slack. `id` empty: not created yet."""

    id: str = ""
    is_own: bool = False
    invited: bool = False
    drill: ChatDrill | None = None
    listener: SocketModeListener | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class SlackChannel(TwoWayChannel):
    """Channel in Slack, with a bot token to post and an app token to receive."""

    name = "slack"

    def __init__(self) -> None:
        self._conversations: dict[tuple[str, str], _Conversation] = {}

    @override
    def settings_problems(self, settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
        return find_problems(settings)

    @override
    def find_obstacle(self, binding: ChannelBinding) -> str:
        return readiness.find_obstacle(binding)

    @override
    def load(self) -> None:
        import_transport()

    @override
    def deliver(self, message: ChannelMessage, binding: ChannelBinding, deadline: Deadline) -> None:
        endpoint = _endpoint(binding)
        conversation = self._conversation(binding, message.drill)
        with conversation.lock:
            self._require_conversation(endpoint, conversation, message.drill, deadline)
        _post(endpoint, conversation.id, message_text(message), deadline)

    @override
    def begin(self, binding: ChannelBinding, drill: ChatDrill) -> None:
        conversation = self._conversation(binding, drill.drill)
        conversation.drill = drill
        try:
            endpoint = _endpoint(binding)
        except DeliveryError as error:
            drill.report(error.reason)
            return
        conversation.id = conversation.id or endpoint.conversation
        if endpoint.app_token is not None:
            receive = _answering(binding, conversation, drill)
            conversation.listener = SocketModeListener(
                endpoint, binding.timeout, lambda: conversation.id, receive, drill.report
            )
            conversation.listener.start()
        with conversation.lock:  # an invitation may have created the channel already
            _invite_people(endpoint, conversation, Deadline.after(binding.timeout))

    @override
    def finish(self, binding: ChannelBinding, drill: str, deadline: Deadline) -> None:
        conversation = self._conversations.pop((binding.name, drill), None)
        if conversation is None:
            return
        if conversation.listener is not None:
            conversation.listener.stop()
        endpoint = _endpoint(binding)
        if conversation.id and conversation.is_own and endpoint.archives:
            call(
                endpoint.api_url, endpoint.bot_token, "conversations.archive", {"channel": conversation.id}, deadline
            )  # fmt: skip

    def _conversation(self, binding: ChannelBinding, drill: str) -> _Conversation:
        return self._conversations.setdefault((binding.name, drill), _Conversation())

    def _require_conversation(
        self, endpoint: SlackEndpoint, conversation: _Conversation, drill: str, deadline: Deadline
    ) -> None:
        """Create the drill's channel unless there is one, and invite its people. Raises DeliveryError."""
        conversation.id = conversation.id or endpoint.conversation
        if not conversation.id and not drill:
            raise DeliveryError("Slack: this message is about no drill, so it needs `conversation` in gameday.yaml")
        if not conversation.id:
            conversation.id, conversation.is_own = _create(endpoint, drill, deadline), True
        _invite_people(endpoint, conversation, deadline)


def message_text(message: ChannelMessage) -> str:
    """Return the text of a message in Slack's markup, in which nothing of it is markup or a mention."""
    return shorten_line(neutralize_mentions(message.line), MAX_TEXT_CHARS).translate(_ENTITIES)


def _endpoint(binding: ChannelBinding) -> SlackEndpoint:
    try:
        return read_endpoint(binding)
    except (VariableError, ValueError, CredentialError) as error:
        raise DeliveryError(str(error)) from None


def _post(endpoint: SlackEndpoint, conversation: str, text: str, deadline: Deadline) -> None:
    arguments: dict[str, Json] = {
        "channel": conversation, "text": text, "parse": "none", "link_names": False, "unfurl_links": False,
        "unfurl_media": False,
    }  # fmt: skip
    call(endpoint.api_url, endpoint.bot_token, "chat.postMessage", arguments, deadline)


def _create(endpoint: SlackEndpoint, drill: str, deadline: Deadline) -> str:
    """Create the drill's channel, under another name where a lost answer or a project took the first."""
    names = (f"drill-{drill}", f"drill-{drill}-{secrets.token_hex(2)}")
    for name in names:
        try:
            arguments: dict[str, Json] = {"name": name, "is_private": endpoint.is_private}
            answer = call(endpoint.api_url, endpoint.bot_token, "conversations.create", arguments, deadline)
            return _id_of(answer)
        except SlackError as error:
            if error.code != "name_taken" or name == names[-1]:
                raise
    raise AssertionError("the last name returns or raises")


def _id_of(answer: Mapping[str, Any]) -> str:
    created = answer.get("channel")
    identifier = created.get("id") if isinstance(created, dict) else None
    if not isinstance(identifier, str) or not identifier:
        raise DeliveryError("Slack: the answer to conversations.create has no channel")
    return identifier


def _invite_people(endpoint: SlackEndpoint, conversation: _Conversation, deadline: Deadline) -> None:
    """Invite the people of the drill to its own channel, once. A refusal is reported, and not retried."""
    drill = conversation.drill
    if drill is None or conversation.invited or not (conversation.id and conversation.is_own):
        return
    conversation.invited = True
    if not drill.members:
        return
    users = ",".join(drill.members[:MAX_INVITED])
    arguments: dict[str, Json] = {"channel": conversation.id, "users": users, "force": True}
    try:
        call(endpoint.api_url, endpoint.bot_token, "conversations.invite", arguments, deadline)
    except SlackError as error:
        if error.code != "already_in_channel":
            drill.report(f"not everyone could be invited: {error.reason}")
    except DeliveryError as error:
        drill.report(f"nobody could be invited: {error.reason}")


def _answering(binding: ChannelBinding, conversation: _Conversation, drill: ChatDrill) -> Receive:
    """Return what hands a command to the drill, and shows the answer to its author alone."""

    def receive(command: ChatCommand) -> None:
        answer = drill.receive(command)
        if not answer:
            return
        if command.name == STOP:
            answer += _way_to_end(_endpoint(binding))
        text = shorten_line(neutralize_mentions(f"[DRILL] {answer}"), MAX_TEXT_CHARS).translate(_ENTITIES)
        arguments: dict[str, Json] = {"channel": conversation.id, "user": command.user, "text": text, "parse": "none"}
        endpoint = _endpoint(binding)
        call(
            endpoint.api_url, endpoint.bot_token, "chat.postEphemeral", arguments, Deadline.after(binding.timeout)
        )  # fmt: skip

    return receive


def _way_to_end(endpoint: SlackEndpoint) -> str:
    """Return how the drill is ended after STOP, which waits for that; empty where the table has no emoji for it."""
    emoji = next((f":{name}:" for name, command in endpoint.reactions.items() if command == END), "")
    return f". To end the drill: {emoji}" if emoji else ""
