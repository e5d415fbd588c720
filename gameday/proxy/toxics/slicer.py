"""Toxic `slicer`: pieces of `average_size` ± `size_variation` bytes, `delay` microseconds apart."""

from __future__ import annotations

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, Sink, StageContext
from gameday.proxy.toxics.buffered import BufferedStage

CAPACITY_BYTES = 256 * 1024
MAX_PIECES_PER_TURN = 256
"""Pieces passed on before the rest of the loop has its turn."""


class Slicer(BufferedStage):
    """A stage that cuts chunks into pieces.

    The time of the next piece carries over from piece to piece, so that a late timer costs no speed."""

    attributes = ("average_size", "size_variation", "delay")

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        super().__init__(context, values, next_stage)
        self._next_at = 0.0
        self._offset = 0
        """Bytes of the oldest chunk that are already passed on."""

    @classmethod
    @override
    def validation_error(cls, values: Attributes) -> str:
        """Refuse what Toxiproxy accepts and then crashes on."""
        if values["average_size"] < 1:
            return "average_size must be at least 1"
        if values["size_variation"] > values["average_size"]:
            return "size_variation must be at most average_size"
        return ""

    @property
    @override
    def capacity_bytes(self) -> int:
        return CAPACITY_BYTES

    @override
    def release_due(self) -> None:
        now = self.context.loop.time()
        for _ in range(MAX_PIECES_PER_TURN):
            if not self.held:
                return
            due = max(self._next_at, self.held[0].arrived_at)
            if due > now:
                self.wake_at(due)
                return
            self._release_piece(due)
        self.wake_at(now)

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self._next_at = self.context.loop.time()
        self.release_now()

    @override
    def release_oldest(self) -> None:
        """Pass on the rest of the oldest chunk."""
        chunk = self.held[0]
        if chunk.data is not None and self._offset:
            chunk.data = chunk.data[self._offset :]
            self._offset = 0
        super().release_oldest()

    @override
    def discard(self) -> None:
        super().discard()
        self._offset = 0

    def _release_piece(self, due: float) -> None:
        data, size = self.held[0].data, self._piece_bytes()
        if data is None:
            self.release_oldest()
            return
        self._next_at = due + self.values["delay"] / 1_000_000
        if len(data) - self._offset <= size:
            self.release_oldest()
            return
        piece = data[self._offset : self._offset + size]
        self._offset += size
        self.held_bytes -= size
        self.next_stage.feed(piece)

    def _piece_bytes(self) -> int:
        average, variation = self.values["average_size"], self.values["size_variation"]
        return max(1, average + self.context.rng.randint(-variation, variation)) if variation else average
