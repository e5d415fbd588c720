"""latency: every chunk goes on `latency` ± `jitter` milliseconds after it came."""

from __future__ import annotations

import random

from gameday.proxy.toxics.holding import Chunk, Holding
from gameday.proxy.toxics.stage import Attributes

ROOM = 64 * 1024 * 1024
"""Bytes in flight in one direction of one connection."""


class Latency(Holding):
    """The time of release counts from arrival: chunks that come close together do not add up their delays."""

    attributes = ("latency", "jitter")
    flags = ("connect",)

    @classmethod
    def handshake(cls, values: Attributes, rng: random.Random) -> float:
        """With `connect`, as long as a chunk would."""
        return _late(values, rng) if values.get("connect") else 0.0

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
            chunk.due = chunk.arrived + _late(self.values, self.flow.rng)
        return chunk.due


def _late(values: Attributes, rng: random.Random) -> float:
    """Seconds."""
    jitter = values["jitter"]
    return max(0.0, values["latency"] + (rng.uniform(-jitter, jitter) if jitter else 0)) / 1000
