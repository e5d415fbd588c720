"""slicer: what comes goes on in pieces of `average_size` ± `size_variation` bytes, `delay` microseconds apart."""

from __future__ import annotations

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target
from gameday.proxy.toxics.buffered import BufferedStage

ROOM = 256 * 1024
AT_ONCE = 256
"""Pieces that go on before the loop's other work has its turn."""


class Slicer(BufferedStage):
    """The time of the next piece is carried on from piece to piece, so a timer that is late costs no speed."""

    attributes = ("average_size", "size_variation", "delay")

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self._next_at = 0.0
        self._cut = 0
        """How much of the oldest chunk has gone on."""

    @classmethod
    @override
    def wrong(cls, values: Attributes) -> str:
        """The original takes these, and ends at the first bytes that come."""
        if values["average_size"] < 1:
            return "average_size must be at least 1"
        return (
            "size_variation must be at most average_size" if values["size_variation"] > values["average_size"] else ""
        )

    @property
    @override
    def room(self) -> int:
        return ROOM

    @override
    def release_due(self) -> None:
        now = self.flow.loop.time()
        for _ in range(AT_ONCE):
            if not self.held:
                return
            due = max(self._next_at, self.held[0].arrived)
            if due > now:
                self.wake_at(due)
                return
            self._let_piece_go(due)
        self.wake_at(now)

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self._next_at = self.flow.loop.time()
        self.look()

    @override
    def release_oldest(self) -> None:
        """What is left of the oldest chunk."""
        chunk = self.held[0]
        if chunk.data is not None and self._cut:
            chunk.data = chunk.data[self._cut :]
            self._cut = 0
        super().release_oldest()

    @override
    def drop(self) -> None:
        super().drop()
        self._cut = 0

    def _let_piece_go(self, due: float) -> None:
        data, size = self.held[0].data, self._size()
        if data is None:
            self.release_oldest()
            return
        self._next_at = due + self.values["delay"] / 1_000_000
        if len(data) - self._cut <= size:
            self.release_oldest()
            return
        piece = data[self._cut : self._cut + size]
        self._cut += size
        self.held_bytes -= size
        self.next_stage.feed(piece)

    def _size(self) -> int:
        average, variation = self.values["average_size"], self.values["size_variation"]
        return max(1, average + self.flow.rng.randint(-variation, variation)) if variation else average
