"""stall: as where packets are lost, the line stands still for `time` milliseconds, with `chance` percent at each read.

Nothing is lost or overtaken: what comes meanwhile waits behind."""

from __future__ import annotations

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes
from gameday.proxy.toxics.buffered import BufferedStage, Chunk

ROOM = 4 * 1024 * 1024


class Stall(BufferedStage):
    """The time counts from arrival, so stalls that fall together do not add up."""

    attributes = ("chance", "time")
    most = {"chance": 100}  # noqa: RUF012 - a ClassVar, as the base class says

    @property
    @override
    def room(self) -> int:
        return ROOM

    @override
    def release_due(self) -> None:
        now = self.flow.loop.time()
        while self.held:
            due = self._due(self.held[0])
            if due > now:
                self.wake_at(due)
                return
            self.release_oldest()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.reschedule()

    def _due(self, chunk: Chunk) -> float:
        if not chunk.due:
            hit = chunk.data is not None and self.flow.rng.random() * 100 < self.values["chance"]
            chunk.due = chunk.arrived + (self.values["time"] / 1000 if hit else 0.0)
        return chunk.due
