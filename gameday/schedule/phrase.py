"""Schedules as people say them: `every tuesday 10:00 Europe/Berlin`, and back."""

from __future__ import annotations

import re
from datetime import date, time

from gameday.clock import parse_zone
from gameday.schedule.recurrence import Recurrence, parse_cron, parse_time_of_day
from gameday.schedule.rule_check import check_rule

EXAMPLES = (
    '"every tuesday 10:00 Europe/Berlin", "every weekday 14:30 UTC", "every other friday 9:00 America/New_York", '
    '"every first monday 10:00 Europe/Berlin"'
)
_DAYS = {"monday": "MO", "tuesday": "TU", "wednesday": "WE", "thursday": "TH", "friday": "FR", "saturday": "SA",
         "sunday": "SU"}  # fmt: skip
_NAMES = {code: name for name, code in _DAYS.items()}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_WORKING_DAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
_PHRASE = re.compile(r"(?P<days>.+?)\s+(at\s+)?(?P<at>\d{1,2}:\d{2})\s+(?P<zone>\S+)")
_CRON = re.compile(r"(?P<cron>[\d*/,-]+ [\d*/,-]+ \S+ \S+ \S+)( (?P<zone>\S+))?")
_MONTHLY = re.compile(rf"(?P<nth>{'|'.join(_ORDINALS)}) (?P<day>[a-z]+)(?P<month> of (the|every|each) month)?")
_WEEKLY = re.compile(r"((?P<other>other) |(?P<weeks>\d{1,2}) weeks on )?(?P<days>[a-z, ]+)")


def parse_phrase(text: str, starts: date) -> Recurrence:
    """Return the recurrence that `text` describes, from the day `starts`. Raises ValueError with examples."""
    words = " ".join(text.split())
    if cron := _CRON.fullmatch(words):
        return _parse_cron(cron, starts)
    match = _PHRASE.fullmatch(words)
    if match is None:
        raise ValueError(f"cannot read {text!r} as days, a time and a time zone. Write it as {EXAMPLES}")
    rule = _parse_days(match["days"])
    return Recurrence(rule, parse_time_of_day(match["at"]), parse_zone(match["zone"]), starts)


def describe(recurrence: Recurrence) -> str:
    """Describe a recurrence as `parse_phrase` reads it; a rule without such a description is shown as it is."""
    if recurrence.cron:
        return f"{recurrence.cron} {recurrence.zone.key}"
    return f"{_describe_days(recurrence.rule)} {recurrence.at:%H:%M} {recurrence.zone.key}"


def _parse_cron(match: re.Match[str], starts: date) -> Recurrence:
    cron = parse_cron(match["cron"])
    if match["zone"] is None:
        raise ValueError(f'a cron expression needs a time zone: write "{cron} Europe/Berlin"')
    return Recurrence("", time(), parse_zone(match["zone"]), starts, cron)


def _parse_days(text: str) -> str:
    if "=" in text:
        check_rule(text)
        return text.upper()
    days = text.lower().removeprefix("every ")
    if days != text.lower():
        if days == "day":
            return "FREQ=DAILY"
        if days in ("weekday", "working day"):
            return _WORKING_DAYS
        if rule := _parse_monthly(days) or _parse_weekly(days):
            return rule
    raise ValueError(f"cannot read the days {text!r}. Write the schedule as {EXAMPLES}")


def _parse_monthly(days: str) -> str:
    match = _MONTHLY.fullmatch(days)
    if match is None or (day := _day_code(match["day"])) is None:
        return ""
    if match["nth"] == "second" and not match["month"]:
        raise ValueError(
            f'"every {days}" has two meanings: write "every other {match["day"]}", or "every {days} of the month"'
        )
    return f"FREQ=MONTHLY;BYDAY={_ORDINALS[match['nth']]:+d}{day}"


def _parse_weekly(days: str) -> str:
    match = _WEEKLY.fullmatch(days)
    if match is None:
        return ""
    codes = [_day_code(word) for word in re.split(r"[, ]+(?:and )?", match["days"])]
    interval = 2 if match["other"] else int(match["weeks"] or 1)
    if None in codes or not interval:
        return ""
    every = f"INTERVAL={interval};" if interval > 1 else ""
    listed = [code for code in _NAMES if code in codes]
    return f"FREQ=WEEKLY;{every}BYDAY={','.join(listed)}"


def _day_code(word: str) -> str | None:
    matches = [code for name, code in _DAYS.items() if len(word) >= 3 and name.startswith(word.removesuffix("s"))]
    return _DAYS.get(word) or (matches[0] if len(matches) == 1 else None)


def _describe_days(rule: str) -> str:
    if rule == "FREQ=DAILY":
        return "every day"
    if rule == _WORKING_DAYS:
        return "every weekday"
    if match := re.fullmatch(r"FREQ=WEEKLY;(?:INTERVAL=(\d+);)?BYDAY=([A-Z,]+)", rule):
        days = " and ".join(_NAMES.get(code, code) for code in match[2].split(","))
        interval = int(match[1] or 1)
        return (
            f"every {days}" if interval == 1 else f"every {f'{interval} weeks on' if interval > 2 else 'other'} {days}"
        )
    if match := re.fullmatch(r"FREQ=MONTHLY;BYDAY=([+-]?[1-4])([A-Z]{2})", rule):
        nth = next((word for word, number in _ORDINALS.items() if number == int(match[1])), "")
        if nth:
            return f"every {nth} {_NAMES[match[2]]} of the month"
    return rule
