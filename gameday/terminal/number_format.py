"""Clocks and small pictures of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gameday.model import SignalKind
from gameday.terminal.glyphs import Glyphs


def format_elapsed(seconds: float) -> str:
    """Time that has passed: `0:07`, `12:40`, `1:02:03`; `-0:05` before its zero."""
    return _minutes(math.floor(abs(seconds) + 1e-6), "-" if seconds <= -1 else "")


def format_remaining(seconds: float) -> str:
    """Time that is left, rounded up: `0:01` until it is there; `0:00` when it is over."""
    return _minutes(math.ceil(max(0.0, seconds) - 1e-6), "")


def _minutes(whole: int, sign: str) -> str:
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def sparkline(values: Sequence[float | None], kind: SignalKind, signs: Glyphs) -> str:
    """One letter a reading; None: it could not be taken. Durations and counts rise from zero; a ratio is shown
    between its lowest and highest, and lies flat when they are close."""
    known = [value for value in values if value is not None]
    low, high = _scale(known, kind)
    return "".join(signs.gap if value is None else _bar(value, low, high, signs.bars) for value in values)


def _scale(known: Sequence[float], kind: SignalKind) -> tuple[float, float]:
    if kind is SignalKind.ALERT:
        return 0.0, 1.0
    high = max(known, default=1.0)
    if kind is SignalKind.RATIO:
        return min(*known, high - 0.05) if known else 0.0, high
    return min(0.0, *known) if known else 0.0, high


def _bar(value: float, low: float, high: float, bars: str) -> str:
    share = (value - low) / (high - low) if high > low else 0.0
    return bars[min(len(bars) - 1, max(0, int(share * len(bars))))]
