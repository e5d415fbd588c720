"""Count, mean and 95th percentile of a measurement over the last few seconds."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

WINDOW_S = 3.0


@dataclass(slots=True)
class Window:
    """Values of the last `seconds`. The caller passes the monotonic time, so that tests need not wait."""

    seconds: float = WINDOW_S
    _values: deque[tuple[float, float]] = field(default_factory=deque)

    def add(self, now: float, value: float) -> None:
        """Add a value measured now."""
        self._values.append((now, value))
        self._drop_old(now)

    def n(self, now: float) -> int:
        """Return the number of values."""
        self._drop_old(now)
        return len(self._values)

    def mean(self, now: float) -> float | None:
        """Return the mean, or None without values."""
        self._drop_old(now)
        return math.fsum(value for _, value in self._values) / len(self._values) if self._values else None

    def p95(self, now: float) -> float | None:
        """Return the 95th percentile (nearest rank), or None without values."""
        self._drop_old(now)
        ordered = sorted(value for _, value in self._values)
        return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else None

    def _drop_old(self, now: float) -> None:
        while self._values and self._values[0][0] < now - self.seconds:
            self._values.popleft()
