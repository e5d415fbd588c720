"""Measurements of signals."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement of a signal.

    `value` is None if it failed (`error` says why), and then it is never healthy. Ratios are 0..1, durations seconds;
    `n`: number of samples; `at`: when it was due; `over`: seconds before that which its samples come from, where it is
    no momentary one; `duration`: seconds after that until it was answered; `more_than`: what an unknown value exceeds
    all the same, as the response time of a request that timed out.
    """

    signal: str
    at: float
    value: float | None
    n: int = 1
    error: str = ""
    late: float = 0.0
    over: float = 0.0
    duration: float = 0.0
    more_than: float | None = None

    @property
    def since(self) -> float:
        """When its first sample can have been taken (CLOCK_MONOTONIC)."""
        return self.at - self.over

    @property
    def until(self) -> float:
        """When its last sample can have been taken (CLOCK_MONOTONIC)."""
        return self.at + self.duration
