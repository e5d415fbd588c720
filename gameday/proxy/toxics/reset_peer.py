"""reset_peer: after `timeout` milliseconds both ends get a TCP reset; until then all goes through."""

from __future__ import annotations

import asyncio

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target, ToxicStage


class ResetPeer(ToxicStage):
    """The time counts from the connection's start, or from the toxic's where the connection was there before."""

    attributes = ("timeout",)

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self._timer: asyncio.TimerHandle | None = None

    @override
    def start(self) -> None:
        self._timer = self.flow.loop.call_later(self.values["timeout"] / 1000, self.flow.reset)

    @override
    def change(self, values: Attributes) -> None:
        super().change(values)
        self.drop()
        self.start()

    @override
    def flush(self) -> None:
        self.drop()

    @override
    def drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
