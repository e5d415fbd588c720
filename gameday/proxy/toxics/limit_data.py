"""limit_data: the connection closes once `bytes` have gone through in this direction; 0 closes at the first one."""

from __future__ import annotations

from typing_extensions import override

from gameday.proxy.toxics.base import Attributes, StageContext, Target, ToxicStage


class LimitData(ToxicStage):
    """Counts from the time the toxic is there. What is allowed still arrives, then both ends are closed."""

    attributes = ("bytes",)

    def __init__(self, flow: StageContext, values: Attributes, then: Target) -> None:
        super().__init__(flow, values, then)
        self._passed = 0
        self._is_over = False

    @override
    def feed(self, data: bytes) -> None:
        if self._is_over:
            return
        allowed = data[: max(0, self.values["bytes"] - self._passed)]
        self._passed += len(allowed)
        if allowed:
            self.next_stage.feed(allowed)
        if self._passed >= self.values["bytes"]:
            self._is_over = True
            self.flow.half_close_both()
            self.next_stage.eof()

    @override
    def eof(self) -> None:
        if not self._is_over:
            self.next_stage.eof()
