"""Figures in words: `journey-p95 is 3.4 s, limit: at most 3x baseline (1.1 s), n 24`."""

from __future__ import annotations

from gameday.model import Comparison, Limit, SignalKind
from gameday.units import format_duration


def format_value(kind: SignalKind, value: float) -> str:
    """Format a value for a person."""
    if kind is SignalKind.RATIO:
        return f"{value * 100:.4g}%"
    if kind is SignalKind.DURATION:
        return format_duration(value)
    if kind is SignalKind.ALERT:
        return "firing" if value >= 1 else "silent"
    return f"{value:g}"


def format_limit(kind: SignalKind, test: Comparison, limit: Limit, bound: float) -> str:
    """`at most 3x baseline (1.1 s)`; `bound` is the number that the limit comes to."""
    resolved = f" ({format_value(kind, bound)})" if limit.relative else ""
    return f"{test.value.replace('_', ' ')} {limit.text}{resolved}"
