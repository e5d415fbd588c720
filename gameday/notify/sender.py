"""Thread that sends the messages of one channel, in order, without anybody waiting for it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from gameday.clients.foreign_text import shorten_line
from gameday.events import Event
from gameday.model import ChannelBinding
from gameday.notify.outgoing import outgoing_message, without_links
from gameday.plugins.channel import ChannelMessage, ChatDrill, DeliveryError, MessageChannel, TwoWayChannel
from gameday.plugins.types import Deadline
from gameday.printable import single_line
from gameday.units import format_duration

MAX_WAITING = 100
"""Events in the queue; one more replaces the oldest."""
MAX_AGE_S = 60.0
"""Older messages are not sent: after that, what they say may be untrue."""
RETRY_PAUSES_S = (0.5, 2.0, 5.0)
"""Before each further attempt, unless the other side asks for a longer pause."""
MAX_RETRY_AFTER_S = 30.0
"""Longest pause that the other side may ask for."""
MAX_NAMED, MAX_NAMED_CHARS = 5, 80
"""Messages that the report of the end names; longer ones are shortened."""

Sent = Event | ChannelMessage
"""Queued item: an event, from which the thread makes the message, or a message."""
Report = Callable[[str, str], None]
"""Called with the channel's name and a reason, from the sender's thread, once for each sender; once more at the end."""


class ChannelSender:
    """Queue and thread of one channel. `open_channel`: creates the channel in the thread; may raise."""

    def __init__(
        self, binding: ChannelBinding, environment: str, open_channel: Callable[[], MessageChannel], report: Report,
        pauses: Sequence[float] = RETRY_PAUSES_S, drill: ChatDrill | None = None,
    ) -> None:  # fmt: skip
        """`drill`: for a channel that also receives."""
        self._binding = binding
        self._environment = environment
        self._open_channel = open_channel
        self._report = report
        self._pauses = pauses
        self._drill = drill
        self._begins = False
        self._waiting: deque[tuple[Sent, Deadline]] = deque(maxlen=MAX_WAITING)
        self._in_delivery: tuple[Sent, ...] = ()
        self._changed = threading.Condition()
        self._is_closing = False
        self._abandoned = threading.Event()
        self._is_failing = self._has_dropped = self._has_reported = False
        self._thread = threading.Thread(target=self._run, name=f"channel {binding.name}", daemon=True)
        self._thread.start()

    def put(self, sent: Sent) -> None:
        """Queue an event or a message if the channel sends its kind; returns at once."""
        kind = sent.kind if isinstance(sent, ChannelMessage) else sent.body.message_kind
        if kind not in self._binding.sends:
            return
        with self._changed:
            self._has_dropped = self._has_dropped or len(self._waiting) == MAX_WAITING
            self._waiting.append((sent, Deadline.after(MAX_AGE_S)))
            self._changed.notify()

    def begin(self) -> None:
        """Let a channel that also receives do so from now on; returns at once."""
        with self._changed:
            self._begins = True
            self._changed.notify()

    @property
    def is_alive(self) -> bool:
        """True until the thread has ended."""
        return self._thread.is_alive()

    def begin_close(self) -> None:
        """End the thread once the queue is empty."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()

    def wait_closed(self, deadline: Deadline) -> None:
        """Wait until the queue is empty; what is left at the deadline is not sent."""
        self._thread.join(deadline.remaining())
        if self.is_alive:
            self._abandoned.set()
            self._report_undelivered()

    def _report_undelivered(self) -> None:
        """Report the messages that were not delivered at the end, by their texts, also after an earlier report."""
        with self._changed:
            waiting = [*self._in_delivery, *(sent for sent, _ in self._waiting)]
            self._has_reported = True
        messages = [message for sent in waiting if (message := self._message_of(sent))]
        shown = [f'"{shorten_line(without_links(message.text), MAX_NAMED_CHARS)}"' for message in messages[:MAX_NAMED]]
        shown += [f"{len(messages) - MAX_NAMED} more"] if len(messages) > MAX_NAMED else []
        which = f": {', '.join(shown)}" if shown else ""
        self._report(self._binding.name, f"messages were still waiting when the drill ended{which}")

    def _run(self) -> None:
        try:
            channel = self._open_channel()
            channel.load()
        except Exception as error:
            self._report_once(f"the channel cannot be loaded ({type(error).__name__})")
            return
        while (item := self._next(channel)) is not None:
            if self._has_dropped:
                self._report_once(f"more than {MAX_WAITING} messages were waiting")
            self._deliver(channel, *item)
        self._guard(lambda: self._finish_receiving(channel))

    def _begin_receiving(self, channel: MessageChannel) -> None:
        if self._drill is not None and isinstance(channel, TwoWayChannel):
            channel.begin(self._binding, self._drill)

    def _finish_receiving(self, channel: MessageChannel) -> None:
        if self._drill is not None and isinstance(channel, TwoWayChannel):
            channel.finish(self._binding, self._drill.drill, Deadline.after(self._binding.timeout))

    def _next(self, channel: MessageChannel) -> tuple[Sent, Deadline] | None:
        """Return the next event or message; None at the end. Begin to receive before it, once that was requested."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closing or self._begins)
            begins, self._begins = self._begins, False
        if begins:
            self._guard(lambda: self._begin_receiving(channel))
            return self._next(channel)
        with self._changed:
            item = self._waiting.popleft() if self._waiting else None
            self._in_delivery = item[:1] if item else ()
            return item

    def _deliver(self, channel: MessageChannel, sent: Sent, expiry: Deadline) -> None:
        def attempt() -> None:
            if (message := self._message_of(sent)) is not None:
                self._attempt(channel, message, expiry)
                self._is_failing = False

        self._guard(attempt)

    def _guard(self, act: Callable[[], None]) -> None:
        """Report a failure: nothing that a channel does may end its thread."""
        try:
            act()
        except DeliveryError as error:
            self._is_failing = True
            self._report_once(error.reason)
        except Exception as error:
            self._is_failing = True
            self._report_once(f"the channel failed ({type(error).__name__})")

    def _message_of(self, sent: Sent) -> ChannelMessage | None:
        return sent if isinstance(sent, ChannelMessage) else outgoing_message(sent, self._environment)

    def _attempt(self, channel: MessageChannel, message: ChannelMessage, expiry: Deadline) -> None:
        """Deliver with retries; a channel that failed the last message gets one attempt. Raises DeliveryError."""
        pauses = deque(() if self._is_failing else self._pauses)
        while not self._abandoned.is_set():
            if not expiry.remaining():
                raise DeliveryError(f"a message waited longer than {format_duration(MAX_AGE_S)}")
            try:
                limit = Deadline(min(expiry.at, time.monotonic() + self._binding.timeout))
                return channel.deliver(message, self._binding, limit)
            except DeliveryError as error:
                if not error.may_retry or not pauses or error.retry_after > MAX_RETRY_AFTER_S:
                    raise
                self._abandoned.wait(max(pauses.popleft(), error.retry_after))
        return None

    def _report_once(self, reason: str) -> None:
        with self._changed:
            has_reported, self._has_reported = self._has_reported, True
        if not has_reported:
            self._report(self._binding.name, single_line(reason))
