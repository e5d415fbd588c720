"""Checks of a recurrence rule: RFC 5545, restricted to days, and to rules of which the next day is found quickly.

dateutil searches for the next day of a rule until the year 9999, so a rule that never happens would not return.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from gameday.schedule.recurrence import parse_rule

MAX_INTERVAL = 52
_PARTS = {
    "DAILY": ("INTERVAL", "BYMONTH"),
    "WEEKLY": ("INTERVAL", "BYDAY", "BYMONTH", "WKST"),
    "MONTHLY": ("INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"),
    "YEARLY": ("INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH"),
}
_EXAMPLE = "write it as FREQ=WEEKLY;BYDAY=TU"
_DAYS_OF_MONTH = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))


def check_rule(rule: str) -> None:
    """Raise ValueError, with what to write, unless the rule can be used."""
    parts = {key: value for key, _, value in (part.partition("=") for part in rule.upper().split(";"))}
    _check_parts(parts)
    try:
        parse_rule(rule, datetime(2024, 1, 1))  # noqa: DTZ001 - local times have no zone until they are instants
        _check_values(parts)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError(f"invalid rule {rule!r}: {error}; {_EXAMPLE}") from None


def _check_parts(parts: Mapping[str, str]) -> None:
    frequency = parts.get("FREQ", "")
    if frequency not in _PARTS:
        raise ValueError(f"the rule needs FREQ={', '.join(_PARTS)}: {_EXAMPLE}")
    for key in parts:
        if key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            raise ValueError(f"{key} in the rule: the time of day is in `at`")
        if key not in ("FREQ", *_PARTS[frequency]):
            raise ValueError(f"{key or 'an empty part'} cannot be used with FREQ={frequency}: "
                             f"use {', '.join(_PARTS[frequency])}")  # fmt: skip


def _check_values(parts: Mapping[str, str]) -> None:
    interval = int(parts.get("INTERVAL", "1"))
    if not 1 <= interval <= MAX_INTERVAL:
        raise ValueError(f"INTERVAL must be 1 to {MAX_INTERVAL}")
    if parts["FREQ"] == "MONTHLY" and interval > 1 and "BYMONTH" in parts:
        raise ValueError("BYMONTH needs INTERVAL=1")
    _check_days(parts)
    months = _numbers(parts, "BYMONTH") or list(_DAYS_OF_MONTH)
    if any(abs(day) > max(_DAYS_OF_MONTH[month] for month in months) for day in _numbers(parts, "BYMONTHDAY")):
        raise ValueError("there is no such day in these months")


def _check_days(parts: Mapping[str, str]) -> None:
    numbered = re.findall(r"[+-]?(\d+)[A-Z]", parts.get("BYDAY", ""))
    if numbered and (parts["FREQ"] == "WEEKLY" or "BYMONTHDAY" in parts):
        raise ValueError("a numbered day such as +1MO needs FREQ=MONTHLY or YEARLY, without BYMONTHDAY")
    if any(not 1 <= int(number) <= 5 for number in numbered):
        raise ValueError("the number of a day in BYDAY must be 1 to 5")
    positions = _numbers(parts, "BYSETPOS")
    if positions and (numbered or "BYDAY" not in parts or "BYMONTHDAY" in parts or max(map(abs, positions)) > 4):
        raise ValueError("BYSETPOS must be -4 to 4, with days in BYDAY that have no numbers")


def _numbers(parts: Mapping[str, str], key: str) -> list[int]:
    return [int(number) for number in parts[key].split(",")] if key in parts else []
