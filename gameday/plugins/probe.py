"""Protocol of probes, each of which measures one signal.

A probe is registered under the entry point group `gameday.probes`, as a function from a SignalBinding to a Probe, or
as its class. One that is also a ProbeSettingsChecker has its settings checked by `gameday check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from gameday.model import Json, SignalBinding
from gameday.plugins.types import SettingsProblem


@dataclass(frozen=True, slots=True)
class Measurement:
    """One answer of a probe: ratios 0 to 1, durations in seconds, from `n` samples.

    `value` None: nothing could be measured, and `error` says why; that never counts as healthy. `over`: seconds before
    the request that the samples come from, as of counters or a rate; 0 for a momentary value. `more_than`: without a
    value, what it exceeds all the same: the response time of a request that timed out."""

    value: float | None
    n: int
    error: str = ""
    over: float = field(default=0.0, compare=False)
    more_than: float | None = None


NO_SAMPLES = "no samples"
"""Error, or its beginning, of a probe that was answered and has nothing to measure."""


class MeasurementError(Exception):
    """Nothing could be measured. Its text is the reading's error; it holds no secret."""


class Probe(Protocol):
    """Source of readings of one signal. Several reads may be under way at once."""

    async def read(self) -> Measurement:
        """Measure once. Raises MeasurementError."""
        ...

    async def close(self) -> None:
        """Close connections; the probe is not used any more."""
        ...


OpenProbe = Callable[[SignalBinding], Probe]
"""Entry point of a probe: creates it from the settings of a signal. Raises BadArguments for settings it cannot use."""


@runtime_checkable
class ProbeSettingsChecker(Protocol):
    """Entry point of a probe that also checks settings: a class with `settings_problems` as a static method."""

    def settings_problems(self, settings: Mapping[str, Json]) -> Iterable[SettingsProblem]:
        """Return every problem of the probe's own settings as written in gameday.yaml; asks no server.

        `gameday check` shows each with its line and column."""
        ...
