"""Busy times of iCalendar files, as calendars write them; what cannot be read is named with its line."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gameday.schedule.calendar_events import find_busy_spans
from gameday.schedule.calendar_text import (
    CalendarError,
    escape_text,
    format_lines,
    parse_calendar,
    unescape_text,
)

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
OUTLOOK_ZONE = """\
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
"""


def calendar(*events: str, zone: str = "") -> str:
    parts = [f"BEGIN:VEVENT\nUID:{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events)]
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{zone}{''.join(parts)}END:VCALENDAR\n"


def busy(text: str, begin: str = "2027-03-01", end: str = "2027-04-15", zone: ZoneInfo = BERLIN) -> list[str]:
    """Return the busy spans in the local time of `zone`."""
    first, last = (datetime.fromisoformat(day).replace(tzinfo=zone).timestamp() for day in (begin, end))
    spans = find_busy_spans(text, first, last, zone)
    return [f"{local(begin, zone)}..{local(end, zone)}" for begin, end in spans]


def local(instant: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(instant, zone):%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("DTSTART:20270310T090000Z\nDTEND:20270310T100000Z", ["03-10 10:00..03-10 11:00"]),
        ("DTSTART;TZID=America/New_York:20270310T090000\nDURATION:PT1H30M", ["03-10 15:00..03-10 16:30"]),
        ("DTSTART:20270310T090000\nDTEND:20270310T100000", ["03-10 09:00..03-10 10:00"]),
        ("DTSTART;VALUE=DATE:20270310\nDTEND;VALUE=DATE:20270312", ["03-10 00:00..03-12 00:00"]),
        ("DTSTART;VALUE=DATE:20270328", ["03-28 00:00..03-29 00:00"]),
        ("DTSTART;VALUE=DATE:20270310\nTRANSP:TRANSPARENT", []),
        ("DTSTART;VALUE=DATE:20270310\nSTATUS:CANCELLED", []),
        ("DTSTART;VALUE=DATE:20270310\nX-MICROSOFT-CDO-BUSYSTATUS:FREE", []),
        ("DTSTART:20270310T090000Z\nDTEND:20270310T090000Z", []),
        ("DTSTART:20260310T090000Z\nDTEND:20260310T100000Z", []),
    ],
)
def test_an_event_is_busy_from_its_start_to_its_end(event: str, expected: list[str]) -> None:
    assert busy(calendar(event)) == expected


@pytest.mark.parametrize("zone", ["Europe/Berlin", "W. Europe Standard Time"])
def test_a_weekly_event_keeps_its_local_time_over_a_clock_change(zone: str) -> None:
    event = (f'DTSTART;TZID="{zone}":20270309T090000\nDTEND;TZID="{zone}":20270309T100000\n'
             f'RRULE:FREQ=WEEKLY;UNTIL=20270413T060000Z\nEXDATE;TZID="{zone}":20270316T090000')  # fmt: skip
    spans = busy(calendar(event, zone=OUTLOOK_ZONE), zone=NEW_YORK)
    assert spans == [
        "03-09 03:00..03-09 04:00", "03-23 04:00..03-23 05:00", "03-30 03:00..03-30 04:00", "04-06 03:00..04-06 04:00",
    ], "not on the 16th, and the 13th of April is after the last one; the clocks change on different days"  # fmt: skip


def test_a_moved_occurrence_is_where_it_was_moved_to() -> None:
    master = "UID:a\nDTSTART:20270309T090000Z\nDTEND:20270309T100000Z\nRRULE:FREQ=WEEKLY;COUNT=3"
    moved = "UID:a\nRECURRENCE-ID:20270316T090000Z\nDTSTART:20270317T120000Z\nDTEND:20270317T130000Z"
    text = calendar(master, moved).replace("UID:0\n", "").replace("UID:1\n", "")
    assert busy(text) == ["03-09 10:00..03-09 11:00", "03-17 13:00..03-17 14:00", "03-23 10:00..03-23 11:00"]
    cancelled = text.replace("DTSTART:20270317T120000Z", "DTSTART:20270316T090000Z\nSTATUS:CANCELLED")
    assert busy(cancelled) == ["03-09 10:00..03-09 11:00", "03-23 10:00..03-23 11:00"]


def test_an_event_that_began_before_is_busy_until_it_ends() -> None:
    event = "DTSTART;VALUE=DATE:20270220\nDTEND;VALUE=DATE:20270303\nRRULE:FREQ=YEARLY"
    assert busy(calendar(event)) == ["02-20 00:00..03-03 00:00"]


def test_published_free_busy_times_are_busy() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270310T090000Z/PT2H,20270311T090000Z/"
        "20270311T100000Z\nFREEBUSY;FBTYPE=FREE:20270312T090000Z/PT1H\nEND:VFREEBUSY\nEND:VCALENDAR\n"
    )
    assert busy(text) == ["03-10 10:00..03-10 12:00", "03-11 10:00..03-11 11:00"]


@pytest.mark.parametrize(
    ("text", "line", "wrong"),
    [
        ("", 1, "not an iCalendar file"),
        ("<html>\n<body>", 1, "not an iCalendar property"),
        ("X-A:1\n", 1, "which begins with BEGIN:VCALENDAR"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", 3, "without its BEGIN"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n", 2, "the file is incomplete"),
        (calendar("DTSTART:20270310"[:-1]), 3, "invalid time '2027031'"),
        (calendar("DTSTART:20271310T090000Z"), 3, "invalid time"),
        (calendar("DTSTART;TZID=Nowhere:20270310T090000"), 3, "unknown time zone 'Nowhere'"),
        (calendar("DTSTART:20270310T090000Z\nRRULE:FREQ=SECONDLY"), 3, "recurs within a day"),
        (calendar("DTSTART:20270310T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=XX"), 3, "invalid rule"),
        (calendar("DTSTART:20270310T090000Z\nDURATION:an hour"), 3, "invalid duration 'an hour'"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, line: int, wrong: str) -> None:
    with pytest.raises(CalendarError) as caught:
        busy(text)
    assert (caught.value.line, wrong in str(caught.value)) == (line, True), str(caught.value)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
def test_a_text_survives_folding_and_escaping(text: str) -> None:
    file = format_lines(["BEGIN:VCALENDAR", f"SUMMARY:{escape_text(f'a{text}b')}", "END:VCALENDAR"])
    assert all(len(line.encode()) <= 75 for line in file.split("\r\n"))
    assert unescape_text(parse_calendar(file)[0].text("SUMMARY")) == f"a{text}b"
