"""Spans of wall time as people write them: `2026-11-24 14:00..15:30`, `2026-11-24..2026-11-28`."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_EXAMPLE = "write it as 2026-11-24 14:00..15:30 or 2026-11-24..2026-11-28"


def parse_time_zone(name: str) -> ZoneInfo:
    """Return the time zone of that name. Raises ValueError."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        raise ValueError(f"unknown time zone {name!r}: use a name such as Europe/Lisbon or UTC") from None


def parse_time_range(text: str, where: ZoneInfo) -> tuple[float, float]:
    """Return wall-clock seconds from..to; days without a time count whole. Raises ValueError."""
    first, dots, last = text.partition("..")
    if not dots:
        last = first
    try:
        begins, _ = _instant(first, where)
        if ":" in last and "-" not in last.partition("+")[0]:
            last = f"{first.strip()[:10]} {last.strip()}"  # a bare time: the same day
        until, whole_day = _instant(last, where)
        span = begins.timestamp(), (until + timedelta(days=1) if whole_day else until).timestamp()
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"invalid time range {text!r}: {_EXAMPLE}") from None
    if span[0] >= span[1]:
        raise ValueError(f"time range {text!r} ends before it starts: {_EXAMPLE}")
    return span


def _instant(text: str, where: ZoneInfo) -> tuple[datetime, bool]:
    """Parse a local time; return it, and True if it is a whole day."""
    time = datetime.fromisoformat(text.strip())
    return (time if time.tzinfo else time.replace(tzinfo=where)), ":" not in text
