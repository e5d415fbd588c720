"""Outbox of a drill: hands each message to the channels of its environment that send such messages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from gameday.events import Ended, Event, MessageUndelivered, NewEvent, PhaseChanged, Started
from gameday.model import ChannelBinding, MessageKind, Mode, Phase, Plan
from gameday.notify.sender import ChannelSender
from gameday.plugins.channel import SENDER, ChannelMessage, ChatCommand, ChatDrill
from gameday.plugins.registry import create_channel
from gameday.plugins.types import Deadline

CLOSE_TIMEOUT_S = 5.0
"""For the queues to empty after the end of the drill."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Where commands from a chat go, and the ids of the people there, as `ChatDrill` has them."""

    members: tuple[str, ...]
    receive: Callable[[ChatCommand], str]


def channels_in_use(plan: Plan) -> list[ChannelBinding]:
    """Return the channels that a drill uses; in a rehearsal, only those that say so."""
    channels = plan.environment.channels.values()
    return [channel for channel in channels if channel.in_rehearsals or plan.mode is not Mode.REHEARSAL]


class Outbox:
    """Senders of one drill. Sends from the start of the drill to its end; nobody waits for it before that."""

    def __init__(self, plan: Plan, append: Callable[[NewEvent], None], inbound: Inbound | None = None) -> None:
        """`append`: records an event, from any thread; `inbound`: where commands from a chat go, if anywhere."""
        self._append = append
        self._drill, self._environment = plan.drill, plan.environment.name
        self._has_begun = self._is_open = False
        self.senders = [
            ChannelSender(
                binding,
                plan.environment.name,
                partial(create_channel, binding.channel),
                self._report,
                drill=self._chat_drill(binding.name, inbound) if inbound else None,
            )
            for binding in channels_in_use(plan)
        ]

    def _chat_drill(self, channel: str, inbound: Inbound) -> ChatDrill:
        return ChatDrill(self._drill, inbound.members, inbound.receive, partial(self._report, channel))

    def event(self, event: Event, announcement: str = "") -> None:
        """Queue the message of an event, or an announcement in its place; returns at once."""
        if not self._has_begun:
            self._begin()
        self._is_open = self._is_open or isinstance(event.body, Started)
        if self._is_open:
            for sender in self.senders:
                sender.put(self._announcement(announcement) if announcement else event)
        self._is_open = self._is_open and not _is_last(event)

    def _begin(self) -> None:
        """Receive from the first event on: people may take their roles before the drill starts."""
        self._has_begun = True
        for sender in self.senders:
            sender.begin()

    def _announcement(self, text: str) -> ChannelMessage:
        return ChannelMessage(self._drill, self._environment, MessageKind.ANNOUNCEMENT, SENDER, text)

    def close(self, seconds: float = CLOSE_TIMEOUT_S) -> None:
        """Wait until the queues are empty, at most so long; what is left then is not sent."""
        _close_all(self.senders, Deadline.after(seconds))

    def _report(self, channel: str, reason: str) -> None:
        self._append(NewEvent(MessageUndelivered(channel, reason)))


def _is_last(event: Event) -> bool:
    """Return True for the end of a drill, also of one whose faults could not be reverted."""
    return isinstance(event.body, Ended) or (isinstance(event.body, PhaseChanged) and event.body.after is Phase.STUCK)


def _close_all(senders: Iterable[ChannelSender], deadline: Deadline) -> None:
    for sender in senders:
        sender.begin_close()
    for sender in senders:
        sender.wait_closed(deadline)
