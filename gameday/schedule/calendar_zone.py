"""Definition of a time zone in an iCalendar file: the clock changes around its events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_STEP = timedelta(days=7)


def zone_lines(zone: ZoneInfo, first: int, last: int) -> Iterator[str]:
    """Yield the lines of a VTIMEZONE that holds in the years `first` to `last`, each clock change as an observance."""
    begin, end = datetime(first - 1, 1, 1, tzinfo=UTC), datetime(last + 2, 1, 1, tzinfo=UTC)
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{zone.key}"
    yield from _observance(begin, begin, zone)
    time = begin
    while time < end:
        if _offset(time, zone) != _offset(time + _STEP, zone):
            yield from _observance(time, _find_change(time, time + _STEP, zone), zone)
        time += _STEP
    yield "END:VTIMEZONE"


def _observance(before: datetime, change: datetime, zone: ZoneInfo) -> Iterator[str]:
    local = change.astimezone(zone)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    start = (change + _offset(before, zone)).replace(tzinfo=None)
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{start:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_format_offset(_offset(before, zone))}"
    yield f"TZOFFSETTO:{_format_offset(_offset(change, zone))}"
    yield f"TZNAME:{local.tzname()}"
    yield f"END:{kind}"


def _find_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first whole minute with the offset of `after`."""
    wanted = _offset(after, zone)
    while after - before > timedelta(minutes=1):
        middle = before + timedelta(minutes=(after - before) // timedelta(minutes=2))
        before, after = (before, middle) if _offset(middle, zone) == wanted else (middle, after)
    return after


def _offset(time: datetime, zone: ZoneInfo) -> timedelta:
    return time.astimezone(zone).utcoffset() or timedelta()


def _format_offset(offset: timedelta) -> str:
    minutes = int(offset.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"
