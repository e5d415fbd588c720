"""Names that were taken back: a request of theirs that comes late, from the wire, is refused."""

from __future__ import annotations

import time
from collections.abc import Callable

OURS = "gd-"
"""What the name of everything that a drill leaves on a target begins with."""
KEPT = 900.0
"""Seconds that a tombstone stands: longer than any request stays on a wire."""


class Tombstones:
    """What was taken back, by proxy and name (of a toxic, or the mark of a disabled proxy)."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._until: dict[tuple[str, str], float] = {}

    def set(self, proxy: str, name: str) -> None:
        """Remember `name`, if it is a drill's. People may use their own names again at once."""
        if not name.startswith(OURS):
            return
        now = self._now()
        for key in [key for key, until in self._until.items() if until <= now]:
            del self._until[key]
        self._until.pop((proxy, name), None)
        self._until[proxy, name] = now + KEPT

    def has(self, proxy: str, name: str) -> bool:
        return self._until.get((proxy, name), 0.0) > self._now()
