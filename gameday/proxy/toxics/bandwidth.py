"""bandwidth: at most `rate` kilobytes (1000 bytes) a second; 0 stalls until it is changed or removed."""

from __future__ import annotations

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target
from gameday.proxy.toxics.buffered import BufferedStage

SLICE = 0.1
"""Seconds of the line that go on in one piece, as in the original."""
LEAST_ROOM = 64 * 1024


class Bandwidth(BufferedStage):
    """A line of fixed speed: a piece goes on when its last byte would have come through.

    The time at which the line is free is carried on from piece to piece, so a timer that is late costs no speed."""

    attributes = ("rate",)

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self._free_at = 0.0

    @property
    @override
    def room(self) -> int:
        return max(LEAST_ROOM, self._slice())

    @override
    def release_due(self) -> None:
        now = self.flow.loop.time()
        rate = self.values["rate"] * 1000
        while self.held:
            chunk = self.held[0]
            if chunk.data is None:
                self.release_oldest()
                continue
            if not rate:
                return
            due = max(self._free_at, chunk.arrived) + min(len(chunk.data), self._slice()) / rate
            if due > now:
                self.wake_at(due)
                return
            self._free_at = due
            self._let_slice_go(chunk.data)

    @override
    def change(self, values: Attributes) -> None:
        """What was on its way goes on from where it was: changed often, it still passes."""
        stood = not self.values["rate"]
        super().change(values)
        if stood:
            self._free_at = self.flow.loop.time()
        self.look()

    def _slice(self) -> int:
        return int(self.values["rate"] * 1000 * SLICE)

    def _let_slice_go(self, data: bytes) -> None:
        size = self._slice()
        if len(data) > size:
            self.held[0].data = data[size:]
            self.held_bytes -= size
            self.next_stage.feed(data[:size])
        else:
            self.release_oldest()
