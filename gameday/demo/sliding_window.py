"""The last few seconds of something measured: how many, their mean, their 95th percentile."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

SECONDS = 3.0


@dataclass(slots=True)
class Window:
    """Values of the last `seconds`; every call is told the monotonic time, so that tests need not wait."""

    seconds: float = SECONDS
    _values: deque[tuple[float, float]] = field(default_factory=deque)

    def add(self, now: float, value: float) -> None:
        """One more value, taken now."""
        self._values.append((now, value))
        self._forget(now)

    def n(self, now: float) -> int:
        """How many there are."""
        self._forget(now)
        return len(self._values)

    def mean(self, now: float) -> float | None:
        """Their mean; None of none."""
        self._forget(now)
        return math.fsum(value for _, value in self._values) / len(self._values) if self._values else None

    def p95(self, now: float) -> float | None:
        """The smallest value that 95 % of them do not exceed (nearest rank); None of none."""
        self._forget(now)
        ordered = sorted(value for _, value in self._values)
        return ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else None

    def _forget(self, now: float) -> None:
        while self._values and self._values[0][0] < now - self.seconds:
            self._values.popleft()
