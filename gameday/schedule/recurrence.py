"""Recurring local times in a time zone, and the instants at which they happen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from dateutil.rrule import rrule

CLOCK_CHANGE = timedelta(days=1)
"""More than any clock change moves a local time: Samoa skipped a whole day."""
HORIZON_S = 10 * 366 * 86400.0
"""Time in which a recurrence must happen at least once."""
CRON_FIELDS = 5
_CHUNK_S = 62 * 86400.0


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A recurrence rule (RFC 5545) for days, a time of day, and a time zone. It begins on the day `starts`.

    `cron`: the five fields of a cron expression, instead of rule and time of day."""

    rule: str
    at: time
    zone: ZoneInfo
    starts: date
    cron: str = ""

    def between(self, after: float, until: float) -> list[float]:
        """Return the instants later than `after` and not later than `until`, in wall-clock seconds, sorted."""
        first, last = self.local_time(after) - CLOCK_CHANGE, self.local_time(until) + CLOCK_CHANGE
        times = self._cron_times(first, last) if self.cron else self._parse().between(first, last, inc=True)
        return sorted({instant for each in times if after < (instant := to_instant(each, self.zone)) <= until})

    def upcoming(self, after: float, count: int) -> list[float]:
        """Return the next `count` instants; fewer if there are not so many within ten years."""
        instants: list[float] = []
        begin, length = after, _CHUNK_S
        while len(instants) < count and begin < after + HORIZON_S:
            instants += self.between(begin, begin + length)
            begin, length = begin + length, length * 2
        return instants[:count]

    def local_time(self, instant: float) -> datetime:
        """Return what a clock on the wall shows at that instant, without its zone."""
        return datetime.fromtimestamp(instant, self.zone).replace(tzinfo=None)

    def moves_times(self, after: float, until: float) -> bool:
        """Return True if a clock change moves one of the local times between two instants."""
        first, last = self.local_time(after), self.local_time(until)
        times = self._cron_times(first, last) if self.cron else self._parse().between(first, last, inc=True)
        return any(self.local_time(to_instant(each, self.zone)) != each for each in times)

    def _cron_times(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Yield the local times of the cron expression, without their zone: the clock's changes are not cron's."""
        from cronsim import CronSim

        begin = max(first, datetime.combine(self.starts, time()))
        yield from takewhile(lambda each: each <= last, CronSim(self.cron, begin - timedelta(minutes=1)))

    def _parse(self) -> rrule:
        return parse_rule(self.rule, datetime.combine(self.starts, self.at))


def to_instant(local: datetime, zone: ZoneInfo) -> float:
    """Return the instant of a local time, in wall-clock seconds.

    A time that a clock change skips is moved later, by as much as the clock: 02:30 happens at 03:30. A time that
    exists twice happens once, the first time. Python's fold=0 is exactly this rule (PEP 495).
    """
    return local.replace(tzinfo=zone, fold=0).timestamp()


def parse_rule(rule: str, begin: datetime) -> rrule:
    """Return the rule as dateutil has it. Raises ValueError and others for an invalid one: see `check_rule`."""
    from dateutil.rrule import rrule as single_rule
    from dateutil.rrule import rrulestr

    parsed = rrulestr(rule, dtstart=begin)
    if not isinstance(parsed, single_rule):
        raise ValueError("write one rule, not a set of rules")
    return parsed


def parse_cron(text: str) -> str:
    """Return the five fields of a cron expression, separated by one space. Raises ValueError."""
    from cronsim import CronSim, CronSimError

    fields = text.split()
    if len(fields) != CRON_FIELDS:
        raise ValueError(f"invalid cron expression {text!r}: write minute, hour, day, month and weekday")
    try:
        CronSim(" ".join(fields), datetime(2000, 1, 1))  # noqa: DTZ001 - local, without a zone
    except CronSimError as error:
        raise ValueError(f"invalid cron expression {text!r}: {str(error).lower()}") from None
    return " ".join(fields).upper()


def parse_time_of_day(text: str) -> time:
    """Return the time in `10:00`. Raises ValueError."""
    if match := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text):
        return time(int(match[1]), int(match[2]))
    raise ValueError(f"invalid time of day {text!r}: write it as 10:00")
