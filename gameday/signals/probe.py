"""The protocol of probes, and their measurements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Measurement:
    """A ratio 0..1, a duration in seconds or a count, over `n` samples. `value` None: it failed, and `error` says why;
    that is never healthy."""

    value: float | None
    n: int
    error: str = ""


NO_SAMPLES = "no samples"
"""The error, or its beginning, of a probe that works and has nothing to measure."""


class MeasurementError(Exception):
    """A measurement failed. The text is the reading's error and holds no secret."""


class Probe(Protocol):
    """Measures one signal. Several reads may run at once."""

    async def read(self) -> Measurement: ...

    async def close(self) -> None:
        """Close all connections; no read follows."""
        ...
