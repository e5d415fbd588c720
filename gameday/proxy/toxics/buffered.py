"""Base class of the toxics that hold data: chunks in order, with release times."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, Sink, StageContext, ToxicStage

CHUNK_OVERHEAD_BYTES = 100
"""Memory of a chunk beside its data: many small chunks count too."""


@dataclass(slots=True)
class Chunk:
    """Data that is held, or the end of the stream (None).

    Times are loop times, in seconds."""

    arrived_at: float
    data: bytes | None
    release_at: float = 0.0
    """0.0 until it is calculated."""


class BufferedStage(ToxicStage):
    """A stage that holds chunks in order.

    A subclass decides in `release_due` when each is passed on."""

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        super().__init__(context, values, next_stage)
        self.held: deque[Chunk] = deque()
        self.held_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._was_full = False

    @property
    def capacity_bytes(self) -> int:
        """Bytes held before the source is no longer read."""
        raise NotImplementedError

    @property
    @override
    def is_full(self) -> bool:
        return self.held_bytes >= self.capacity_bytes

    def release_due(self) -> None:
        """Pass on the chunks that are due, and `wake_at` the time of the next."""
        raise NotImplementedError

    @override
    def feed(self, data: bytes) -> None:
        self.held_bytes += len(data) + CHUNK_OVERHEAD_BYTES
        self._hold(Chunk(self.context.arrived_at, data))

    @override
    def feed_eof(self) -> None:
        self._hold(Chunk(self.context.arrived_at, None))

    @override
    def resume(self) -> None:
        self.release_now()

    @override
    def flush(self) -> None:
        self._cancel_timer()
        while self.held:
            self.release_oldest()

    @override
    def discard(self) -> None:
        self._cancel_timer()
        self.held.clear()
        self.held_bytes = 0

    def release_oldest(self) -> None:
        """Pass on the oldest chunk."""
        chunk = self.held.popleft()
        if chunk.data is None:
            self.next_stage.feed_eof()
        else:
            self.held_bytes -= len(chunk.data) + CHUNK_OVERHEAD_BYTES
            self.next_stage.feed(chunk.data)

    def release_now(self) -> None:
        """Check now which chunks are due, instead of waiting for the timer."""
        self._cancel_timer()
        self.release_due()
        self._update_reading()

    def reschedule(self) -> None:
        """Recalculate all release times, so that a shorter delay frees held data."""
        for chunk in self.held:
            chunk.release_at = 0.0
        self.release_now()

    def wake_at(self, when: float) -> None:
        """Call `release_due` at this loop time."""
        self._cancel_timer()
        self._timer = self.context.loop.call_at(when, self._wake)

    def _hold(self, chunk: Chunk) -> None:
        self.held.append(chunk)
        if self._timer is None:
            self.release_due()
        self._update_reading()

    def _wake(self) -> None:
        self._timer = None
        self.release_due()
        self._update_reading()

    def _update_reading(self) -> None:
        if self.is_full != self._was_full:
            self._was_full = self.is_full
            self.context.update_reading()

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
