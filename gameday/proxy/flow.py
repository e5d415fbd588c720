"""One direction of a connection: source, a chain of toxic stages, sink."""

from __future__ import annotations

import asyncio
import random
from typing import Protocol

from gameday.proxy.endpoint import Endpoint
from gameday.proxy.toxics.base import Attributes, Sink, ToxicStage


class FlowOwner(Protocol):
    """The connection that a flow belongs to."""

    loop: asyncio.AbstractEventLoop
    rng: random.Random

    def close(self, reset: bool = False) -> None: ...


class Flow:
    """Data passes from the source through the stages, oldest toxic first, to the sink.

    It does so within one callback of the loop. Stages are added and removed between two reads, so that no byte is lost
    or reordered."""

    def __init__(self, owner: FlowOwner, source: Endpoint, sink: Endpoint) -> None:
        self.loop = owner.loop
        self.rng = owner.rng
        self.source = source
        self.sink = sink
        self.first_stage: Sink = sink
        self.is_eof_final = False
        """A stage ended this direction before its source did: that ends the other direction too."""
        self._owner = owner
        self._stages: dict[str, ToxicStage] = {}
        self._relink()

    @property
    def arrived_at(self) -> float:
        """Loop time at which the data arrived that is being fed; called from a stage's timer.

        Now."""
        return self.loop.time() if self.source.arrived_at is None else self.source.arrived_at

    @property
    def is_backpressured(self) -> bool:
        """Return True if the sink's peer reads slower than it is written to."""
        return self.sink.is_backpressured

    def update_reading(self) -> None:
        """Read from the source only while its data has a place to go: end-to-end backpressure."""
        if self.sink.is_open:
            stages = self._stages.values()
            is_ready = not self.sink.is_backpressured or any(stage.buffers_under_backpressure for stage in stages)
            self.source.set_reading(is_ready and not any(stage.is_full for stage in stages))

    def on_backpressure_change(self) -> None:
        """Let the stages continue if the sink is ready; pause or resume the source."""
        if not self.sink.is_backpressured:
            for stage in list(self._stages.values()):
                stage.resume()
        self.update_reading()

    def close(self) -> None:
        """Close the connection."""
        self._owner.close()

    def reset(self) -> None:
        """Close the connection with a TCP reset."""
        self._owner.close(reset=True)

    def mark_eof_final(self) -> None:
        """Let the end of this direction end the other one too."""
        self.is_eof_final = True

    def has_stage(self, name: str) -> bool:
        """Return True if the toxic works here."""
        return name in self._stages

    def add_stage(self, name: str, kind: type[ToxicStage], values: Attributes) -> None:
        """Append a stage."""
        stage = kind(self, values, self.sink)
        self._stages[name] = stage
        self._relink()
        stage.start()

    def change_stage(self, name: str, values: Attributes) -> None:
        """Give a stage new attributes."""
        self._stages[name].change(values)

    def remove_stage(self, name: str) -> None:
        """Remove a stage, after it passed on what it holds; nothing is read meanwhile."""
        self._stages[name].flush()
        if self._stages.pop(name, None):
            self._relink()
            self.update_reading()

    def remove_all_stages(self) -> None:
        """Remove every stage, each after it passed on what it holds."""
        for name in list(self._stages):
            if self.has_stage(name):
                self.remove_stage(name)

    def discard(self) -> None:
        """Drop every stage with what it holds: the connection has closed."""
        for stage in self._stages.values():
            stage.discard()
        self._stages.clear()
        self._relink()

    def _relink(self) -> None:
        next_stage: Sink = self.sink
        for stage in reversed(self._stages.values()):
            stage.next_stage = next_stage
            next_stage = stage
        self.first_stage = next_stage
        self.source.splice_to(None if self._stages else self.sink)
