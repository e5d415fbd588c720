"""Leases, which end faults that nobody renews, and tombstones, which refuse ended ones."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

DRILL_PREFIX = "gd-"
"""Prefix of every marker: of the toxics and outages that belong to a drill."""
TOMBSTONE_S = 900.0
"""Longer than any request stays on the network."""
RETRY_S = 0.5
"""Interval of attempts to end an expired fault whose port another process has taken."""


class Lease:
    """A timer that calls `expire` unless it is renewed or cancelled in time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, expire: Callable[[], None]) -> None:
        self._loop = loop
        self._expire = expire
        self._timer = loop.call_later(seconds, expire)

    def renew(self, seconds: float) -> None:
        """Restart the timer, whatever was left of it."""
        self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._expire)

    def cancel(self) -> None:
        """Stop the timer for good."""
        self._timer.cancel()

    @property
    def remaining_s(self) -> float:
        """Seconds left, to the millisecond; 0.0 while it expires."""
        return round(max(0.0, self._timer.when() - self._loop.time()), 3)


class Tombstones:
    """Names of drill faults that have ended, by proxy.

    A delayed request must not apply them again."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[tuple[str, str], float] = {}

    def add(self, proxy: str, name: str) -> None:
        """Refuse this toxic name or marker from now on.

        People may reuse their own names at once."""
        if not name.startswith(DRILL_PREFIX):
            return
        now = self._now()
        for key in [key for key, until in self._until.items() if until <= now]:
            del self._until[key]
        self._until.pop((proxy, name), None)
        self._until[proxy, name] = now + TOMBSTONE_S

    def has(self, proxy: str, name: str) -> bool:
        """Return True if a fault of this name has ended recently."""
        return self._until.get((proxy, name), 0.0) > self._now()
