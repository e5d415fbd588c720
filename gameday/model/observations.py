"""Measurements of signals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement. `value` None: it could not be taken (`error` says why) and is never 'fine'.
    Ratios are 0..1, durations seconds; `n` samples rest beneath it; `at` is when it was due."""

    signal: str
    at: float
    value: float | None
    n: int = 1
    error: str = ""
    late: float = 0.0
