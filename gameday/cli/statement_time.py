"""Times of statements as people give them: `-3m` or a clock time."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import click

_CLOCK_TIME = re.compile(r"([01]?\d|2[0-3])(:[0-5]\d){1,2}")
MAX_STATEMENT_AGE = timedelta(hours=3)
"""A clock time of yesterday that is older was more likely meant for later today."""


def parse_time_option(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float:
    """Parse the value of `--at` into seconds ago. Raises click.BadParameter."""
    if value is None:
        return 0.0
    try:
        return parse_seconds_ago(value, datetime.now())  # noqa: DTZ005 - people read the clock on the wall
    except ValueError as error:
        raise click.BadParameter(f"{error}; as in --at -3m or --at 14:59") from None


def parse_seconds_ago(text: str, now: datetime, max_age: timedelta = MAX_STATEMENT_AGE) -> float:
    """Return the seconds in `-3m` or `3m`, or since the clock time `14:59`. `now` is naive local time.

    A clock time that is not yet reached is yesterday's, if that is at most `max_age` ago. Raises ValueError for
    anything else, and for a clock time in the future.
    """
    if ":" not in text:
        from gameday.units import parse_duration

        return parse_duration(text.removeprefix("-"))
    if not _CLOCK_TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not a clock time")
    happened = datetime.combine(now, time.fromisoformat(text if text[2] == ":" else f"0{text}"))
    if happened > now:
        happened -= timedelta(days=1)  # shortly before midnight
        if now - happened > max_age:
            raise ValueError(f"{text} is in the future")
    return now.timestamp() - happened.timestamp()  # exact across a change of the clocks
