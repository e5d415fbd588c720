"""Protocol of message channels, each of which delivers what responders see to another place, such as a chat.

A channel is registered under the entry point group `gameday.channels`, as a class or function without arguments. It is
imported only where an environment uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gameday.model import ChannelBinding, Json, MessageKind
from gameday.plugins.types import Deadline, SettingsProblem

MARK = "[DRILL]"
"""Beginning of every text that leaves the program, so that nobody takes a drill for an incident."""
SENDER = "gameday"
"""Sender of what the program itself announces."""


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """One message for responders. Its texts are single lines without control characters.

    `sender`: the persona or role that it comes from."""

    drill: str
    environment: str
    kind: MessageKind
    sender: str
    text: str

    @property
    def line(self) -> str:
        """The whole message, marked: `[DRILL] support (staging): Checkout hangs`."""
        return f"{MARK} {self.sender} ({self.environment}): {self.text}"


class DeliveryError(Exception):
    """A message that was not delivered. The reason is for the facilitator, and holds no secret.

    `may_retry`: trying again could help; `retry_after`: seconds that the other side asks to wait before that."""

    def __init__(self, reason: str, *, may_retry: bool = False, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.may_retry, self.retry_after = reason, may_retry, retry_after


class MessageChannel(Protocol):
    """Place that messages are delivered to. One thread calls `deliver`, one message after the other.

    The program bounds the queue and the retries, and reports what could not be delivered."""

    name: str

    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        """Return every problem of the settings as written in gameday.yaml; asks no server.

        `gameday check` shows each with its line and column."""
        ...

    def find_obstacle(self, binding: ChannelBinding) -> str:
        """Return why nothing could be delivered now, such as a secret that cannot be read; empty if nothing is known.

        It posts nothing, and may ask the server within the binding's timeout; a server that does not respond is no
        obstacle. `gameday doctor` shows it, and preflight refuses the drill."""
        return ""

    def load(self) -> None:
        """Import what `deliver` needs; called before the drill starts."""
        ...

    def deliver(self, message: ChannelMessage, binding: ChannelBinding, deadline: Deadline) -> None:
        """Deliver `message.line`, within the deadline. Raises DeliveryError.

        The settings are as written: secrets are read here, for each message."""
        ...


@dataclass(frozen=True, slots=True)
class ChatCommand:
    """Something that a person asked for in a chat. `user`: their id there; `name`: `stop`, `end` or a statement's.

    `at`: when (seconds since the epoch), 0 if the chat does not say."""

    user: str
    name: str
    text: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ChatDrill:
    """A running drill for a channel that also receives. `members`: the ids of its people in the chat.

    `receive` hands over a command, from any thread, and returns the answer for its author; empty: none. `report`
    records a problem in the log."""

    drill: str
    members: tuple[str, ...]
    receive: Callable[[ChatCommand], str]
    report: Callable[[str], None]


@runtime_checkable
class TwoWayChannel(MessageChannel, Protocol):
    """Channel that also receives what people say in the chat. Its methods are called by the thread of `deliver`."""

    def begin(self, binding: ChannelBinding, drill: ChatDrill) -> None:
        """Start to receive, in a thread of its own. It does not wait for the chat, and raises nothing."""
        ...

    def finish(self, binding: ChannelBinding, drill: str, deadline: Deadline) -> None:
        """Stop to receive, and leave the chat as the settings say, such as archived. Raises DeliveryError."""
        ...
