"""Recurrences are local times; a clock change moves a skipped one later, and a doubled one happens once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.schedule.phrase import describe, parse_phrase
from gameday.schedule.recurrence import Recurrence
from gameday.schedule.rule_check import check_rule

ZONES = ("Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe")
DAILY = "FREQ=DAILY"


def wall(zone: str, text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).timestamp()


def occurrences(zone: str, at: str, day: str) -> list[str]:
    """Return the occurrences of a daily recurrence on a local day, in local time."""
    recurrence = Recurrence(DAILY, time.fromisoformat(at), ZoneInfo(zone), date(2020, 1, 1))
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    found = recurrence.between(wall(zone, day) - 1, wall(zone, following) - 1)
    return [datetime.fromtimestamp(each, ZoneInfo(zone)).isoformat(timespec="minutes") for each in found]


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        ("Europe/Berlin", "02:30", "2027-03-28", "2027-03-28T03:30+02:00"),
        ("America/New_York", "02:30", "2027-03-14", "2027-03-14T03:30-04:00"),
        ("Africa/Cairo", "00:00", "2027-04-30", "2027-04-30T01:00+03:00"),
        ("Australia/Lord_Howe", "02:15", "2027-10-03", "2027-10-03T02:45+11:00"),
    ],
)
def test_a_time_that_the_clock_skips_happens_later(zone: str, at: str, day: str, expected: str) -> None:
    assert occurrences(zone, at, day) == [expected]


@pytest.mark.parametrize(
    ("zone", "at", "day", "expected"),
    [
        ("Europe/Berlin", "02:30", "2027-10-31", "2027-10-31T02:30+02:00"),
        ("America/New_York", "01:30", "2027-11-07", "2027-11-07T01:30-04:00"),
        ("Africa/Cairo", "23:30", "2027-10-28", "2027-10-28T23:30+03:00"),
        ("Australia/Lord_Howe", "01:45", "2027-04-04", "2027-04-04T01:45+11:00"),
    ],
)
def test_a_time_that_exists_twice_happens_once_the_first_time(zone: str, at: str, day: str, expected: str) -> None:
    assert occurrences(zone, at, day) == [expected]


@pytest.mark.parametrize("zone", ZONES)
def test_a_week_with_a_clock_change_keeps_the_time_of_day(zone: str) -> None:
    recurrence = parse_phrase(f"every day 10:00 {zone}", date(2027, 1, 1))
    year = recurrence.between(wall(zone, "2027-01-01"), wall(zone, "2028-01-01"))
    local = [recurrence.local_time(each) for each in year]
    assert [each.date() for each in local] == [date(2027, 1, 1) + timedelta(days=day) for day in range(365)]
    assert {each.time() for each in local} == {time(10)}


@given(
    zone=st.sampled_from(ZONES), minute=st.integers(0, 1439), start=st.integers(0, 700 * 24), hours=st.integers(1, 900)
)
def test_windows_that_touch_share_and_lose_nothing(zone: str, minute: int, start: int, hours: int) -> None:
    recurrence = Recurrence(DAILY, time(*divmod(minute, 60)), ZoneInfo(zone), date(2026, 1, 1))
    begin = datetime(2026, 1, 5, tzinfo=UTC).timestamp() + start * 3600
    middle, end = begin + hours * 1800, begin + hours * 3600
    parts = recurrence.between(begin, middle) + recurrence.between(middle, end)
    assert parts == recurrence.between(begin, end)


@pytest.mark.parametrize(
    ("phrase", "rule"),
    [
        ("every tuesday 10:00 Europe/Berlin", "FREQ=WEEKLY;BYDAY=TU"),
        ("Every  Tuesday at 10:00 Europe/Berlin", "FREQ=WEEKLY;BYDAY=TU"),
        ("every mon, wed and fri 9:00 UTC", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("every weekday 14:30 UTC", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every day 14:30 UTC", "FREQ=DAILY"),
        ("every other friday 9:00 America/New_York", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
        ("every 3 weeks on friday 9:00 UTC", "FREQ=WEEKLY;INTERVAL=3;BYDAY=FR"),
        ("every first monday 10:00 UTC", "FREQ=MONTHLY;BYDAY=+1MO"),
        ("every second tuesday of the month 10:00 UTC", "FREQ=MONTHLY;BYDAY=+2TU"),
        ("every last friday 10:00 UTC", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("freq=monthly;byday=mo,tu,we,th,fr;bysetpos=-1 10:00 UTC", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
    ],
)
def test_a_phrase_is_a_rule_and_its_description_is_a_phrase(phrase: str, rule: str) -> None:
    recurrence = parse_phrase(phrase, date(2026, 12, 1))
    assert recurrence.rule == rule
    assert parse_phrase(describe(recurrence), date(2026, 12, 1)) == recurrence


@pytest.mark.parametrize(
    ("phrase", "message"),
    [
        ("every second tuesday 10:00 UTC", "has two meanings"),
        ("every tag 10:00 UTC", "cannot read the days 'every tag'"),
        ("tuesday 10:00 UTC", "cannot read the days 'tuesday'"),
        ("every tuesday", "as days, a time and a time zone"),
        ("every tuesday 25:00 UTC", "invalid time of day '25:00'"),
        ("every tuesday 10:00 Europe/Berln", "unknown time zone 'Europe/Berln'"),
        ("every 0 weeks on tuesday 10:00 UTC", "cannot read the days"),
        ("30 10 * * 2", 'needs a time zone: write "30 10 \\* \\* 2 Europe/Berlin"'),
        ("61 10 * * 2 UTC", "invalid cron expression '61 10 .*': bad minute"),
        ("0 10 31 2 * UTC", "invalid cron expression"),
    ],
)
def test_a_phrase_that_cannot_be_read_gets_an_example(phrase: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_phrase(phrase, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("FREQ=HOURLY", "needs FREQ"),
        ("FREQ=WEEKLY;BYHOUR=10", "the time of day is in `at`"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "BYMONTHDAY cannot be used with FREQ=DAILY"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no such day"),
        ("FREQ=MONTHLY;BYDAY=+6MO", "1 to 5"),
        ("FREQ=WEEKLY;BYDAY=XX", "invalid rule"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL must be 1 to"),
        ("FREQ=WEEKLY;INTERVAL=x", "invalid rule"),
        ("", "needs FREQ"),
    ],
)
def test_a_rule_that_never_happens_or_is_invalid_is_refused(rule: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_rule(rule)


@pytest.mark.parametrize(
    ("phrase", "first"),
    [
        ("30 10 * * 2 Europe/Berlin", ["2026-12-01 10:30", "2026-12-08 10:30"]),
        ("0  9,14 * * 1-5  UTC", ["2026-12-01 09:00", "2026-12-01 14:00", "2026-12-02 09:00"]),
        ("0 10 * * 2#1 UTC", ["2026-12-01 10:00", "2027-01-05 10:00"]),
        ("15 8 L * * UTC", ["2026-12-31 08:15", "2027-01-31 08:15"]),
        ("0 10 29 2 * UTC", ["2028-02-29 10:00", "2032-02-29 10:00"]),
    ],
)
def test_a_cron_expression_has_the_local_times_of_its_zone(phrase: str, first: list[str]) -> None:
    recurrence = parse_phrase(phrase, date(2026, 12, 1))
    upcoming = recurrence.upcoming(wall(recurrence.zone.key, "2026-12-01"), len(first))
    assert [f"{recurrence.local_time(each):%Y-%m-%d %H:%M}" for each in upcoming] == first
    assert parse_phrase(describe(recurrence), date(2026, 12, 1)) == recurrence


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe"])
@pytest.mark.parametrize("at", [time(0, 30), time(1, 45), time(2, 15), time(2, 30)])
def test_cron_and_rule_follow_one_rule_over_clock_changes(zone: str, at: time) -> None:
    begin, end = wall(zone, "2026-01-01"), wall(zone, "2029-01-01")
    cron = parse_phrase(f"{at.minute} {at.hour} * * * {zone}", date(2026, 1, 1))
    rule = Recurrence(DAILY, at, ZoneInfo(zone), date(2026, 1, 1))
    assert cron.between(begin, end) == rule.between(begin, end)


def test_a_cron_expression_begins_on_its_first_day() -> None:
    recurrence = parse_phrase("0 10 * * * UTC", date(2026, 12, 5))
    assert recurrence.local_time(recurrence.upcoming(wall("UTC", "2026-12-01"), 1)[0]).day == 5


def test_every_other_week_counts_from_the_first_day() -> None:
    recurrence = parse_phrase("every other tuesday 10:00 UTC", date(2026, 12, 1))
    days = [recurrence.local_time(each).day for each in recurrence.upcoming(wall("UTC", "2026-12-01"), 3)]
    assert days == [1, 15, 29]
