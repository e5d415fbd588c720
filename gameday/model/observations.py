"""Measurements of signals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement of a signal.

    `value` is None if it failed (`error` says why), and then it is never healthy. Ratios are 0..1, durations seconds;
    `n`: number of samples; `at`: when it was due.
    """

    signal: str
    at: float
    value: float | None
    n: int = 1
    error: str = ""
    late: float = 0.0
