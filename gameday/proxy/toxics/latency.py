"""latency: every chunk goes on `latency` ± `jitter` milliseconds after it came."""

from __future__ import annotations

from gameday.proxy.toxics.holding import Chunk, Holding
from gameday.proxy.toxics.stage import Attributes

ROOM = 64 * 1024 * 1024
"""Bytes in flight in one direction of one connection."""


class Latency(Holding):
    """The time of release counts from arrival: chunks that come close together do not add up their delays."""

    attributes = ("latency", "jitter")

    @property
    def room(self) -> int:
        return ROOM

    def pump(self) -> None:
        now = self.flow.loop.time()
        while self.held:
            due = self._due(self.held[0])
            if due > now:
                self.wake_at(due)
                return
            self.let_go()

    def change(self, values: Attributes) -> None:
        """What is held goes by the new delay too: ten minutes changed to none must not last ten minutes."""
        super().change(values)
        for chunk in self.held:
            chunk.due = 0.0
        self._sleep_no_more()
        self.pump()
        self.settle()

    def _due(self, chunk: Chunk) -> float:
        if not chunk.due:
            jitter = self.values["jitter"]
            late = self.values["latency"] + (self.flow.rng.uniform(-jitter, jitter) if jitter else 0)
            chunk.due = chunk.arrived + max(0.0, late) / 1000
        return chunk.due
