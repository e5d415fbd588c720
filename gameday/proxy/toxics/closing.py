"""Toxics that end connections: `timeout`, `reset_peer`, `slow_close`, `limit_data`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, Sink, StageContext, ToxicStage
from gameday.proxy.toxics.buffered import BufferedStage


class TimerStage(ToxicStage):
    """A stage with one timer, which is cancelled when the connection closes."""

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        super().__init__(context, values, next_stage)
        self.timer: asyncio.TimerHandle | None = None

    def set_timer(self, when: float, callback: Callable[[], None]) -> None:
        """Call back at this loop time, instead of at an earlier one."""
        self.cancel_timer()
        self.timer = self.context.loop.call_at(when, callback)

    def cancel_timer(self) -> None:
        """Cancel the timer, if it is set."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    @override
    def discard(self) -> None:
        self.cancel_timer()


class Timeout(TimerStage):
    """All data is dropped, and the connection closes after `timeout` milliseconds (0: on removal).

    Its removal closes the connection, because a stream with missing data must not continue."""

    attributes = ("timeout",)

    @override
    def start(self) -> None:
        if self.values["timeout"]:
            self.set_timer(self.context.loop.time() + self.values["timeout"] / 1000, self.context.close)

    @override
    def feed(self, data: bytes) -> None:
        """Drop the data."""

    @override
    def feed_eof(self) -> None:
        """Close the connection, as Toxiproxy does."""
        self.context.close()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.cancel_timer()
        self.start()

    @override
    def flush(self) -> None:
        self.context.close()


class ResetPeer(BufferedStage):
    """A TCP reset of both peers, `timeout` milliseconds after the first data or the end of this direction.

    As in Toxiproxy, none of that data passes. It is held, so that a toxic removed in time does no harm."""

    attributes = ("timeout",)

    @property
    @override
    def capacity_bytes(self) -> int:
        return 1

    @override
    def release_due(self) -> None:
        """Reset when the time has come; nothing is ever released."""
        if not self.held:
            return
        due = self.held[0].arrived_at + self.values["timeout"] / 1000
        if due > self.context.loop.time():
            self.wake_at(due)
        else:
            self.context.reset()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.release_now()


class SlowClose(TimerStage):
    """The end of the stream is passed on `delay` milliseconds late; data is not delayed."""

    attributes = ("delay",)

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        super().__init__(context, values, next_stage)
        self._ended_at = 0.0

    @override
    def feed_eof(self) -> None:
        self._ended_at = self.context.loop.time()
        self._schedule_end()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        if self.timer is not None:
            self._schedule_end()

    @override
    def flush(self) -> None:
        if self.timer is not None:
            self._end()

    def _schedule_end(self) -> None:
        self.set_timer(self._ended_at + self.values["delay"] / 1000, self._end)

    def _end(self) -> None:
        self.cancel_timer()
        self.next_stage.feed_eof()


class LimitData(ToxicStage):
    """Both directions close once `bytes` have passed in this one (0: at the first).

    Counts from the start of the toxic. The allowed bytes still arrive."""

    attributes = ("bytes",)

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        super().__init__(context, values, next_stage)
        self._passed_bytes = 0
        self._has_ended = False

    @override
    def feed(self, data: bytes) -> None:
        if self._has_ended:
            return
        allowed = data[: max(0, self.values["bytes"] - self._passed_bytes)]
        self._passed_bytes += len(allowed)
        if allowed:
            self.next_stage.feed(allowed)
        if self._passed_bytes >= self.values["bytes"]:
            self._has_ended = True
            self.context.mark_eof_final()
            self.next_stage.feed_eof()

    @override
    def feed_eof(self) -> None:
        if not self._has_ended:
            self.next_stage.feed_eof()
