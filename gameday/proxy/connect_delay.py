"""What a connection waits for before its upstream is dialled: `latency` with `connect`."""

from __future__ import annotations

import asyncio
import contextlib


class ConnectDelay:
    """Waits from its beginning for the sum of what the toxics ask, which may change meanwhile."""

    __slots__ = ("_changed", "_waits")

    def __init__(self) -> None:
        self._waits: dict[str, float] = {}
        self._changed: asyncio.Event | None = None

    def set_delay(self, toxic: str, seconds: float) -> None:
        """The toxic asks for so long; 0 takes it back."""
        if seconds:
            self._waits[toxic] = seconds
        else:
            self._waits.pop(toxic, None)
        if self._changed is not None:
            self._changed.set()

    def end(self) -> None:
        """Wait no more, for nobody."""
        self._waits.clear()
        if self._changed is not None:
            self._changed.set()

    async def wait(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        while (left := began + sum(self._waits.values()) - loop.time()) > 0:
            self._changed = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)
