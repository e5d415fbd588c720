"""Times of statements: how long ago, or what the clock showed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gameday.cli.statement_time import parse_seconds_ago

NOW = datetime(2026, 11, 24, 15, 2, 30)  # noqa: DTZ001 - what the clock on the wall shows


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("-3m", 180),
        ("3m", 180),
        ("14:59", 210),
        ("14:59:30", 180),
        ("9:02", 6 * 3600 + 30),
        ("9:02:30", 6 * 3600),
        ("15:02", 30),
    ],
)
def test_time_option_gives_seconds_ago(text: str, ago: float) -> None:
    assert parse_seconds_ago(text, NOW) == ago


def test_a_clock_time_before_midnight_was_yesterday() -> None:
    assert parse_seconds_ago("23:58", NOW.replace(hour=0, minute=3, second=0)) == 300


@pytest.mark.parametrize(
    "text", ["15:03", "23:00", "25:00", "14:60", "14:5", "2026-11-24 14:59", "::", "-14:59", "+1m"]
)
def test_invalid_or_future_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text.replace("+", r"\+") if ":" in text else "duration"):
        parse_seconds_ago(text, NOW)


def test_a_clock_time_of_yesterday_counts_only_shortly_after_it() -> None:
    night = NOW.replace(hour=4, minute=12, second=0)
    with pytest.raises(ValueError, match="23:59 is in the future"):
        parse_seconds_ago("23:59", night)
    assert parse_seconds_ago("14:07", night, timedelta(days=1)) == 14 * 3600 + 5 * 60
