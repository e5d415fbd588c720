"""Limits on requests: a browser that repeats a form, or somebody who tries tokens, must not slow the drill."""

from __future__ import annotations

import threading
from collections import OrderedDict

from gameday.clock import Clock

MAX_KEYS = 4096
"""The oldest are forgotten: a limit must not be a way to fill the memory."""


class RateLimit:
    """Token bucket for each key: `burst` requests at once, then `per_second`."""

    def __init__(self, clock: Clock, burst: int, per_second: float) -> None:
        self._clock, self._burst, self._per_second = clock, float(burst), per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def admits(self, key: str) -> bool:
        """Return True, and count one request, if the key has not used up its share."""
        with self._lock:
            now = self._clock.monotonic()
            left, at = self._buckets.pop(key, (self._burst, now))
            left = min(self._burst, left + (now - at) * self._per_second)
            admitted = left >= 1.0
            self._buckets[key] = (left - 1.0 if admitted else left, now)
            if len(self._buckets) > MAX_KEYS:
                self._buckets.popitem(last=False)
            return admitted
