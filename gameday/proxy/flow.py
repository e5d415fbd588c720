"""One direction of one connection: source, the chain of stages, sink."""

from __future__ import annotations

import asyncio
import random
from typing import Protocol

from gameday.proxy.endpoint import Endpoint
from gameday.proxy.toxics.base import Attributes, Target, ToxicStage


class Connection(Protocol):
    """What a flow may ask of its connection."""

    loop: asyncio.AbstractEventLoop
    rng: random.Random

    def end(self, reset: bool = False) -> None: ...


class Flow:
    """Bytes go from the source through the stages, oldest toxic first, to the sink.

    All is one call deep in the loop: a stage comes or goes between two reads, so no byte is lost or overtaken."""

    def __init__(self, connection: Connection, source: Endpoint, sink: Endpoint) -> None:
        self.loop = connection.loop
        self.rng = connection.rng
        self.source = source
        self.sink = sink
        self.head: Target = sink
        self.is_half_closed = False
        """A stage has ended this direction before its source did: its end is the end of both."""
        self._connection = connection
        self._stages: dict[str, ToxicStage] = {}
        self._join()

    @property
    def arrived(self) -> float:
        """When what is fed just now came in, by the loop's clock: from a stage's timer, now."""
        return self.loop.time() if self.source.arrived is None else self.source.arrived

    @property
    def is_backpressured(self) -> bool:
        return self.sink.full

    def settle(self) -> None:
        """Read from the source only while there is room for it: back-pressure, end to end."""
        if self.sink.is_open:
            stages = self._stages.values()
            room = not self.sink.full or any(stage.reads_ahead for stage in stages)
            self.source.read(room and not any(stage.full for stage in stages))

    def go_on(self) -> None:
        """The sink has room again, or none any more."""
        if not self.sink.full:
            for stage in list(self._stages.values()):
                stage.resume()
        self.settle()

    def close(self) -> None:
        self._connection.end()

    def reset(self) -> None:
        self._connection.end(reset=True)

    def half_close_both(self) -> None:
        self.is_half_closed = True

    def has(self, name: str) -> bool:
        return name in self._stages

    def insert(self, name: str, kind: type[ToxicStage], values: Attributes) -> None:
        """A new last stage."""
        stage = kind(self, values, self.sink)
        self._stages[name] = stage
        self._join()
        stage.start()

    def change(self, name: str, values: Attributes) -> None:
        self._stages[name].change(values)

    def remove(self, name: str) -> None:
        """The stage lets go of what it holds first, to the next in the chain; nothing is read meanwhile."""
        self._stages[name].flush()
        if self._stages.pop(name, None):
            self._join()
            self.settle()

    def release(self) -> None:
        """Every stage lets go of what it holds, and is gone."""
        for name in list(self._stages):
            if self.has(name):
                self.remove(name)

    def drop(self) -> None:
        """The connection is gone: no stage holds anything or wakes again."""
        for stage in self._stages.values():
            stage.drop()
        self._stages.clear()
        self._join()

    def _join(self) -> None:
        after: Target = self.sink
        for stage in reversed(self._stages.values()):
            stage.next_stage = after
            after = stage
        self.head = after
        self.source.splice_to(None if self._stages else self.sink)
