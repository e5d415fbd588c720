"""One row of the table, and the few statistics it needs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure beside its target and a peer, over `n` runs. `is_met` None: no target."""

    title: str
    target: str
    measured: str
    compared: str
    n: int
    is_met: bool | None


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile: a value that was measured, none in between."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ms(seconds: float) -> str:
    """Format seconds as `412 ms`, or `0.25 ms` below ten."""
    value = seconds * 1000
    return f"{value:.0f} ms" if value >= 10 else f"{value:.2f} ms"


def median_and_worst(seconds: Sequence[float]) -> str:
    return f"median {ms(median(seconds))}, worst {ms(max(seconds))}"
