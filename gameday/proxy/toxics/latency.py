"""latency: every chunk goes on `latency` ± `jitter` milliseconds after it came."""

from __future__ import annotations

import random
from dataclasses import dataclass

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes
from gameday.proxy.toxics.buffered import BufferedStage, Chunk

MAX_BYTES_PER_DIRECTION = 128 * 1024 * 1024
"""Bytes in flight in one direction of one connection: 100 ms of 1.3 GB/s."""
MAX_BYTES_TOTAL = 512 * 1024 * 1024
"""Bytes in flight in all directions of all connections; above that each has what is `SURE`."""
GUARANTEED_BYTES = 1024 * 1024


@dataclass(slots=True)
class Pool:
    """What all latencies of this process hold."""

    held: int = 0


_POOL = Pool()


class Latency(BufferedStage):
    """The time of release counts from arrival: chunks that come close together do not add up their delays."""

    attributes = ("latency", "jitter")
    reads_ahead = True
    flags = ("connect",)

    @classmethod
    @override
    def handshake(cls, values: Attributes, rng: random.Random) -> float:
        """With `connect`, as long as a chunk would."""
        return _late(values, rng) if values.get("connect") else 0.0

    @property
    @override
    def room(self) -> int:
        return MAX_BYTES_PER_DIRECTION if _POOL.held < MAX_BYTES_TOTAL else GUARANTEED_BYTES

    @override
    def release_due(self) -> None:
        now = self.flow.loop.time()
        while self.held and not self.flow.is_backpressured:
            due = self._due(self.held[0])
            if due > now:
                self.wake_at(due)
                return
            self.release_oldest()

    @override
    def feed(self, data: bytes) -> None:
        _POOL.held += len(data)
        super().feed(data)

    @override
    def release_oldest(self) -> None:
        _POOL.held -= len(self.held[0].data or b"")
        super().release_oldest()

    @override
    def drop(self) -> None:
        _POOL.held -= self.held_bytes
        super().drop()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.reschedule()

    def _due(self, chunk: Chunk) -> float:
        if not chunk.due:
            chunk.due = chunk.arrived + _late(self.values, self.flow.rng)
        return chunk.due


def _late(values: Attributes, rng: random.Random) -> float:
    """Seconds."""
    jitter = values["jitter"]
    return max(0.0, values["latency"] + (rng.uniform(-jitter, jitter) if jitter else 0)) / 1000
