"""Toxics that delay chunks from their arrival: `latency` and `stall`."""

from __future__ import annotations

import random
from dataclasses import dataclass

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes
from gameday.proxy.toxics.buffered import BufferedStage, Chunk

MAX_BYTES_PER_DIRECTION = 128 * 1024 * 1024
"""Bytes that latency holds in one direction of one connection: 100 ms of 1.3 GB/s."""
MAX_BYTES_TOTAL = 512 * 1024 * 1024
"""Bytes that latency holds in all directions of all connections; beyond it, each may hold GUARANTEED_BYTES."""
GUARANTEED_BYTES = 1024 * 1024
STALL_CAPACITY_BYTES = 4 * 1024 * 1024


@dataclass(slots=True)
class HeldTotal:
    """Bytes that all latency stages of this process hold."""

    size: int = 0


_total = HeldTotal()


class DelayStage(BufferedStage):
    """A stage whose delays count from arrival, so that those of close chunks do not add up."""

    def draw_delay(self, chunk: Chunk) -> float:
        """Return the delay of a chunk in seconds."""
        raise NotImplementedError

    @override
    def release_due(self) -> None:
        now = self.context.loop.time()
        while self.held and not self._waits_for_peer:
            due = self._release_at(self.held[0])
            if due > now:
                self.wake_at(due)
                return
            self.release_oldest()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.reschedule()

    @property
    def _waits_for_peer(self) -> bool:
        return self.buffers_under_backpressure and self.context.is_backpressured

    def _release_at(self, chunk: Chunk) -> float:
        if not chunk.release_at:
            chunk.release_at = chunk.arrived_at + self.draw_delay(chunk)
        return chunk.release_at


class Latency(DelayStage):
    """Each chunk is passed on `latency` ± `jitter` milliseconds after it arrived."""

    attributes = ("latency", "jitter")
    flags = ("connect",)
    buffers_under_backpressure = True

    @classmethod
    @override
    def connect_delay(cls, values: Attributes, rng: random.Random) -> float:
        """Return the delay of a chunk, if the attribute `connect` is set."""
        return _latency_s(values, rng) if values.get("connect") else 0.0

    @property
    @override
    def capacity_bytes(self) -> int:
        return MAX_BYTES_PER_DIRECTION if _total.size < MAX_BYTES_TOTAL else GUARANTEED_BYTES

    @override
    def draw_delay(self, chunk: Chunk) -> float:
        return _latency_s(self.values, self.context.rng)

    @override
    def feed(self, data: bytes) -> None:
        _total.size += len(data)
        super().feed(data)

    @override
    def release_oldest(self) -> None:
        _total.size -= len(self.held[0].data or b"")
        super().release_oldest()

    @override
    def discard(self) -> None:
        _total.size -= sum(len(chunk.data or b"") for chunk in self.held)
        super().discard()


class Stall(DelayStage):
    """As if packets were lost, each read stalls for `time` milliseconds with `chance` percent.

    Nothing is lost or reordered: later data waits behind."""

    attributes = ("chance", "time")
    max_values = {"chance": 100}  # noqa: RUF012 - a ClassVar, as the base class declares

    @property
    @override
    def capacity_bytes(self) -> int:
        return STALL_CAPACITY_BYTES

    @override
    def draw_delay(self, chunk: Chunk) -> float:
        is_hit = chunk.data is not None and self.context.rng.random() * 100 < self.values["chance"]
        return self.values["time"] / 1000 if is_hit else 0.0


def _latency_s(values: Attributes, rng: random.Random) -> float:
    jitter = values["jitter"]
    return max(0.0, values["latency"] + (rng.uniform(-jitter, jitter) if jitter else 0)) / 1000
