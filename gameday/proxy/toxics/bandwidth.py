"""Toxic `bandwidth`: at most `rate` kilobytes (1000 bytes) a second; 0 stalls."""

from __future__ import annotations

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, Sink, StageContext
from gameday.proxy.toxics.buffered import BufferedStage

SLICE_S = 0.1
"""Data of this much time is passed on in one piece, as in Toxiproxy."""
MIN_CAPACITY_BYTES = 64 * 1024


class Bandwidth(BufferedStage):
    """A line of fixed speed: a piece passes when its last byte would have arrived.

    The time at which the line becomes free carries over from piece to piece, so that a late timer costs no speed."""

    attributes = ("rate",)

    def __init__(self, context: StageContext, values: Attributes, next_stage: Sink) -> None:
        super().__init__(context, values, next_stage)
        self._free_at = 0.0

    @property
    @override
    def capacity_bytes(self) -> int:
        return max(MIN_CAPACITY_BYTES, self._slice_bytes())

    @override
    def release_due(self) -> None:
        now = self.context.loop.time()
        rate = self.values["rate"] * 1000
        while self.held:
            chunk = self.held[0]
            if chunk.data is None:
                self.release_oldest()
                continue
            if not rate:
                return
            due = max(self._free_at, chunk.arrived_at) + min(len(chunk.data), self._slice_bytes()) / rate
            if due > now:
                self.wake_at(due)
                return
            self._free_at = due
            self._release_slice(chunk.data)

    @override
    def change(self, values: Attributes) -> None:
        """Apply a new rate, also to the piece on the line.

        However often it changes, data still passes."""
        was_stalled = not self.values["rate"]
        super().change(values)
        if was_stalled:
            self._free_at = self.context.loop.time()
        self.release_now()

    def _slice_bytes(self) -> int:
        return int(self.values["rate"] * 1000 * SLICE_S)

    def _release_slice(self, data: bytes) -> None:
        size = self._slice_bytes()
        if len(data) > size:
            self.held[0].data = data[size:]
            self.held_bytes -= size
            self.next_stage.feed(data[:size])
        else:
            self.release_oldest()
