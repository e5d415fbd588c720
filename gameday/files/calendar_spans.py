"""Spans of wall time as people write them: `2026-11-24 14:00..15:30`, `2026-11-24..2026-11-28`, `2026-W50`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_EXAMPLE = "write it as 2026-11-24 14:00..15:30, 2026-11-24..2026-11-28 or 2026-W50"
_DAY, _WEEK = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d{4}-W\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


def parse_time_range(text: str, where: ZoneInfo) -> tuple[float, float]:
    """Return wall-clock seconds from..to; days and weeks without a time count whole. Raises ValueError."""
    first, dots, last = text.partition("..")
    if not dots:
        last = first
    try:
        begins, _ = _instant(first, where)
        if ":" in last and "-" not in last.partition("+")[0]:
            last = f"{first.strip()[:10]} {last.strip()}"  # a bare time: the same day
        until, days = _instant(last, where)
        span = begins.timestamp(), (until + timedelta(days=days)).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"invalid time range {text!r}: {_EXAMPLE}") from None
    if span[0] >= span[1]:
        raise ValueError(f"time range {text!r} ends before it starts: {_EXAMPLE}")
    return span


def parse_day(text: str) -> date:
    """Return the day in `2026-12-01`. Raises ValueError."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"invalid day {text!r}: write it as 2026-12-01")


def _instant(text: str, where: ZoneInfo) -> tuple[datetime, int]:
    """Parse a local time, a day or an ISO week; return its start and its whole days. Raises ValueError.

    datetime alone reads 2026-W50 as a Monday and 2026-11-24T14 as a time without minutes.
    """
    text = text.strip()
    days = 7 if _WEEK.fullmatch(text) else 1 if _DAY.fullmatch(text) else 0
    if not days and not _TIME.fullmatch(text):
        raise ValueError(text)
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=where)), days
