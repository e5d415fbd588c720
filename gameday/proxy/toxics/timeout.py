"""timeout: nothing goes through, and after `timeout` milliseconds the connection closes (0: when the toxic goes)."""

from __future__ import annotations

import asyncio

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target, ToxicStage


class Timeout(ToxicStage):
    """Drops all bytes. Its removal closes the connection: a stream with a hole in it must not go on."""

    attributes = ("timeout",)

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self._timer: asyncio.TimerHandle | None = None

    @override
    def start(self) -> None:
        if self.values["timeout"]:
            self._timer = self.flow.loop.call_later(self.values["timeout"] / 1000, self.flow.close)

    @override
    def feed(self, data: bytes) -> None:
        """Dropped."""

    @override
    def eof(self) -> None:
        """As the original: whoever ends a connection that is silent, ends it for both."""
        self.flow.close()

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.drop()
        self.start()

    @override
    def flush(self) -> None:
        self.flow.close()

    @override
    def drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
