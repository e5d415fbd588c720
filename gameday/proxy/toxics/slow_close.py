"""slow_close: when one side ends, the other hears of it `delay` milliseconds later; bytes are not delayed."""

from __future__ import annotations

import asyncio

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target, ToxicStage


class SlowClose(ToxicStage):
    """Holds the end of the stream, and nothing else."""

    attributes = ("delay",)

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self._ended_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @override
    def eof(self) -> None:
        self._ended_at = self.flow.loop.time()
        self._wait()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        if self._timer is not None:
            self.drop()
            self._wait()

    @override
    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._end()

    @override
    def drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = self.flow.loop.call_at(self._ended_at + self.values["delay"] / 1000, self._end)

    def _end(self) -> None:
        self._timer = None
        self.next_stage.eof()
