"""What a probe is, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Measurement:
    """One answer: ratios 0..1, durations in seconds, `n` samples beneath it. `value` None: it could not be taken,
    and `error` says why in words; that is never 'fine'."""

    value: float | None
    n: int
    error: str = ""


NO_SAMPLES = "no samples"
"""The error, or its beginning, of what can be asked and has nothing to measure."""


class MeasurementError(Exception):
    """A probe's own word for: nothing could be measured. Its text is the reading's error; it holds no secret."""


class Probe(Protocol):
    """A way of measuring one signal. Several questions may be on their way at once."""

    async def read(self) -> Measurement: ...

    async def close(self) -> None:
        """Let go of connections; it may be asked no more."""
        ...
