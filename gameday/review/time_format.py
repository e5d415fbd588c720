"""Times as a review says them: the clock of the day (UTC) and the offset from the fault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gameday.events import Event

REVIEW_WITHIN = timedelta(hours=48)
"""A review is due two days after ENDEX, while it is remembered."""


def wall(event: Event) -> datetime:
    """When it happened, not when it was written down."""
    return datetime.fromtimestamp(event.wall - (event.at - event.happened), UTC)


def clock(event: Event) -> str:
    return f"{wall(event):%H:%M:%S}"


def offset(seconds: float) -> str:
    """`+2:01`, `−0:04`, `+1:03:20`: minutes and seconds from the fault."""
    whole = round(abs(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    sign = "−" if seconds < 0 and whole else "+"
    return f"{sign}{hours}:{minutes:02}:{left:02}" if hours else f"{sign}{minutes}:{left:02}"


def day(seconds: float) -> str:
    """`4 March 2026`, from seconds since 1970."""
    date = datetime.fromtimestamp(seconds, UTC)
    return f"{date.day} {date:%B %Y}"


def due(ended: float, within: float | None = None) -> str:
    """By when the review is to be done, from ENDEX in seconds since 1970. `within`: the charter's own seconds."""
    allowed = REVIEW_WITHIN if within is None else timedelta(seconds=within)
    return f"{datetime.fromtimestamp(ended, UTC) + allowed:%Y-%m-%d %H:%M} UTC"


def timed(seconds: float) -> str:
    """`14:01 UTC`, from seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M} UTC"
