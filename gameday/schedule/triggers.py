"""Times at which a starter (cron, systemd, Kubernetes, GitHub) must call `run-due` so that it misses nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gameday.schedule.recurrence import HORIZON_S, Recurrence

_PORTABLE = re.compile(r"[\d*/,\- ]+")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Trigger:
    """Minutes, hours and weekdays (0 is Monday) in `zone`; together they include every occurrence.

    They may include other times, such as every Tuesday for "every other Tuesday": `run-due` does nothing then.
    """

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    weekdays: tuple[int, ...]
    zone: str
    expression: str = ""
    """The schedule's own cron expression, where every starter understands it and no clock change moves a time."""

    @property
    def cron(self) -> str:
        """The five fields of a crontab line, with Sunday as 0."""
        if self.expression:
            return self.expression
        days = "*" if len(self.weekdays) == 7 else _join(sorted((day + 1) % 7 for day in self.weekdays))
        return f"{_join(self.minutes)} {_join(self.hours)} * * {days}"

    @property
    def calendar(self) -> str:
        """The time in systemd's notation (systemd.time(7))."""
        days = "" if len(self.weekdays) == 7 else ",".join(_WEEKDAYS[day] for day in self.weekdays) + " "
        hours, minutes = (",".join(f"{value:02}" for value in values) for values in (self.hours, self.minutes))
        return f"{days}*-*-* {hours}:{minutes}:00 {self.zone}"


def find_trigger(recurrence: Recurrence, now: float, zone: ZoneInfo | None = None) -> Trigger:
    """Return the trigger, in the recurrence's own zone or in another one."""
    zone = zone or recurrence.zone
    times = [datetime.fromtimestamp(each, zone) for each in recurrence.between(now, now + HORIZON_S)]
    return Trigger(
        tuple(sorted({each.minute for each in times})),
        tuple(sorted({each.hour for each in times})),
        tuple(sorted({each.weekday() for each in times})),
        zone.key,
        recurrence.cron if zone == recurrence.zone and _is_portable(recurrence, now) else "",
    )


def _is_portable(recurrence: Recurrence, now: float) -> bool:
    """Return True if any cron reads the expression alike, and starts each occurrence at its time."""
    return bool(_PORTABLE.fullmatch(recurrence.cron)) and not recurrence.moves_times(now, now + HORIZON_S)


def _join(values: list[int] | tuple[int, ...]) -> str:
    return ",".join(map(str, values))
