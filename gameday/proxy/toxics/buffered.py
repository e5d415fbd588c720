"""What latency and bandwidth share: chunks held in order, until a time or a removal lets them go."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target, ToxicStage

CHUNK_OVERHEAD = 100
"""Bytes that a chunk takes beside its own: many small ones fill the memory too."""


@dataclass(slots=True)
class Chunk:
    """Bytes that wait, or the end of the stream (None). Times are the loop's, in seconds."""

    arrived: float
    data: bytes | None
    due: float = 0.0
    """When it goes on; 0.0 until that is reckoned."""


class BufferedStage(ToxicStage):
    """Holds chunks in order. A subclass says in `release_due` which are due and when to look again."""

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self.held: deque[Chunk] = deque()
        self.held_bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._was_full = False

    @property
    def room(self) -> int:
        """Bytes that may be held before the source is not read any more."""
        raise NotImplementedError

    @property
    @override
    def full(self) -> bool:
        return self.held_bytes >= self.room

    def release_due(self) -> None:
        """Let go what is due, and `wake_at` the next."""
        raise NotImplementedError

    @override
    def feed(self, data: bytes) -> None:
        self.held_bytes += len(data) + CHUNK_OVERHEAD
        self._hold(Chunk(self.flow.arrived, data))

    @override
    def eof(self) -> None:
        self._hold(Chunk(self.flow.arrived, None))

    @override
    def flush(self) -> None:
        self._sleep_no_more()
        while self.held:
            self.release_oldest()

    @override
    def drop(self) -> None:
        self._sleep_no_more()
        self.held.clear()
        self.held_bytes = 0

    def release_oldest(self) -> None:
        """Pass on the oldest chunk."""
        chunk = self.held.popleft()
        if chunk.data is None:
            self.next_stage.eof()
        else:
            self.held_bytes -= len(chunk.data) + CHUNK_OVERHEAD
            self.next_stage.feed(chunk.data)

    @override
    def resume(self) -> None:
        self.look()

    def look(self) -> None:
        """Look at what is held now, and not when it was meant to be."""
        self._sleep_no_more()
        self.release_due()
        self.settle()

    def reschedule(self) -> None:
        """By the values of now: what was held for ten minutes must not stay so long where none is asked any more."""
        for chunk in self.held:
            chunk.due = 0.0
        self.look()

    def wake_at(self, when: float) -> None:
        self._sleep_no_more()
        self._timer = self.flow.loop.call_at(when, self._wake)

    def settle(self) -> None:
        """Tell the flow when `full` has changed."""
        if self.full != self._was_full:
            self._was_full = self.full
            self.flow.settle()

    def _hold(self, chunk: Chunk) -> None:
        self.held.append(chunk)
        if self._timer is None:
            self.release_due()
        self.settle()

    def _wake(self) -> None:
        self._timer = None
        self.release_due()
        self.settle()

    def _sleep_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
