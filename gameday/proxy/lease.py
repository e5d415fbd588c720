"""A lease: a fault that nobody renews ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

AGAIN = 0.5
"""Seconds before the next try to end a lapsed fault whose port somebody else has taken meanwhile."""


class Lease:
    """Calls `lapse` once its seconds are over, unless renewed or ended before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, lapse: Callable[[], None]) -> None:
        self._loop = loop
        self._lapse = lapse
        self._timer = loop.call_later(seconds, lapse)

    def renew(self, seconds: float) -> None:
        """From now on `seconds` more, whatever was left."""
        self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._lapse)

    def end(self) -> None:
        self._timer.cancel()

    @property
    def left(self) -> float:
        """Seconds, to the millisecond; 0.0 when it is just lapsing."""
        return round(max(0.0, self._timer.when() - self._loop.time()), 3)
