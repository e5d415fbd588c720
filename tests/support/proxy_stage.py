"""One stage on a clock that jumps: what it lets go on, and when."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, Sink, ToxicStage


class JumpingLoop(asyncio.AbstractEventLoop):
    """Time and timers of a loop, moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []

    @override
    def time(self) -> float:
        return self.now

    def call_later(  # type: ignore[override]  # as call_at below
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.now + delay, callback, *args)

    @override
    def get_debug(self) -> bool:
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Left in the heap; `go_to` passes over it."""

    def call_at(  # type: ignore[override]  # without typeshed's type variables, which say nothing here
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self)
        heapq.heappush(self._timers, (when, len(self._timers), handle))
        return handle

    def go_to(self, when: float) -> None:
        """Let time pass, and every timer fire at its time."""
        while self._timers and self._timers[0][0] <= when:
            due, _, handle = heapq.heappop(self._timers)
            if not handle.cancelled():
                self.now = max(self.now, due)
                handle._run()
        self.now = when


@dataclass
class Line(Sink):
    """A flow with one stage, and a sink that notes what came when (seconds from the start)."""

    loop: JumpingLoop = field(default_factory=JumpingLoop)
    rng: random.Random = field(default_factory=lambda: random.Random(7))
    came: list[tuple[float, bytes]] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)
    is_eof_final: bool = False
    is_backpressured: bool = False

    @property
    def arrived_at(self) -> float:
        return self.loop.now

    def update_reading(self) -> None:
        """Nobody reads here."""

    def close(self) -> None:
        self.closed.append(round(self.loop.now - 100, 6))

    reset = close

    def mark_eof_final(self) -> None:
        self.is_eof_final = True

    @override
    def feed(self, data: bytes) -> None:
        assert not self.ended, "bytes after the end"
        self.came.append((round(self.loop.now - 100, 6), data))

    @override
    def feed_eof(self) -> None:
        self.ended.append(round(self.loop.now - 100, 6))

    def stage(self, kind: type[ToxicStage], values: Attributes) -> ToxicStage:
        stage = kind(self, values, self)
        stage.start()
        return stage

    def go(self, seconds: float) -> None:
        self.loop.go_to(100 + seconds)

    @property
    def all(self) -> bytes:
        return b"".join(data for _, data in self.came)


def through_a_change(
    kind: type[ToxicStage], fed: Sequence[tuple[float, bytes]], before: Attributes, after: Attributes
) -> Line:
    """All that is fed, each after its pause (seconds), to a stage that changes half-way; then its end and removal."""
    line = Line()
    stage = line.stage(kind, before)
    now = 0.0
    for number, (pause, data) in enumerate(fed):
        now += pause
        line.go(now)
        stage.feed(data)
        if number == len(fed) // 2:
            stage.change(after)
    stage.feed_eof()
    stage.flush()
    return line
