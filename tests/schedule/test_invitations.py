"""Invitations: the same event is updated or cancelled, at its local time, and nothing else of the file changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from gameday.schedule.calendar_text import CalendarError, Component, parse_calendar, unescape_text
from gameday.schedule.invitations import Attendee, Invitation, format_invitations

WEEK = 7 * 86400.0
NOW = datetime(2027, 3, 1, tzinfo=UTC).timestamp()
UNTIL = NOW + 8 * WEEK


def drill(week: int, zone: str = "Europe/Berlin", hour: int = 10) -> Invitation:
    start = datetime(2027, 3, 2, hour, tzinfo=ZoneInfo(zone)).timestamp() + week * WEEK
    return Invitation(f"team-{week}", start, start + 3600, ZoneInfo(zone), "Drill, in staging", "One;\ntwo")


def events(text: str) -> dict[str, Component]:
    [calendar] = parse_calendar(text)
    return {event.text("UID"): event for event in calendar.components if event.name == "VEVENT"}


def state(text: str, invitation: Invitation) -> tuple[str, str]:
    event = events(text)[invitation.uid]
    return event.text("SEQUENCE"), event.text("STATUS")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kolkata"])
def test_each_event_is_at_its_local_time_by_the_zone_that_the_file_defines(zone: str) -> None:
    invitations = []
    for month in (2, 3, 4, 10, 11):
        start = datetime(2027, month, 28, 10, tzinfo=ZoneInfo(zone)).timestamp()
        invitations.append(replace(drill(0, zone), key=str(month), start=start, end=start + 5400))
    text = format_invitations(invitations, "", NOW - 8 * WEEK, UNTIL)
    for invitation in invitations:
        event = events(text)[invitation.uid]
        written = event.get("DTSTART")
        assert written is not None
        if zone == "UTC":
            assert written.value == f"{datetime.fromtimestamp(invitation.start, UTC):%Y%m%dT%H%M%SZ}"
            continue
        assert written.parameters["TZID"] == zone and written.value.endswith("T100000")
        definition = tzical(StringIO(text.replace("\r\n", "\n"))).get(zone)  # another reader of the file's own zone
        naive = datetime.fromisoformat(written.value)
        assert naive.replace(tzinfo=definition).timestamp() == invitation.start


def test_an_unchanged_plan_leaves_the_file_as_it_is() -> None:
    invitations = [drill(0), drill(1)]
    first = format_invitations(invitations, "", NOW, UNTIL)
    assert format_invitations(invitations, first, NOW + 3600, UNTIL) == first


def test_a_change_updates_the_event_and_a_skip_cancels_it() -> None:
    kept, changed, skipped = drill(0), drill(1), drill(2)
    text = format_invitations([kept, changed, skipped], "", NOW, UNTIL)
    assert {state(text, each) for each in (kept, changed, skipped)} == {("0", "CONFIRMED")}
    changed = replace(changed, description="Roles: IC: Bo")
    text = format_invitations([kept, changed], text, NOW, UNTIL)
    assert [state(text, each) for each in (kept, changed, skipped)] == [
        ("0", "CONFIRMED"), ("1", "CONFIRMED"), ("1", "CANCELLED")
    ]  # fmt: skip
    assert unescape_text(events(text)[changed.uid].text("DESCRIPTION")) == "Roles: IC: Bo"
    again = format_invitations([kept, changed], text, NOW, UNTIL)
    assert again == text, "cancelled once"
    back = format_invitations([kept, changed, skipped], text, NOW, UNTIL)
    assert state(back, skipped) == ("2", "CONFIRMED")


def test_events_after_the_planned_weeks_stay_and_past_ones_are_left_out() -> None:
    text = format_invitations([drill(0), drill(6)], "", NOW, UNTIL)
    later = format_invitations([drill(2)], text, NOW + 2 * WEEK - 86400, NOW + 4 * WEEK)
    assert set(events(later)) == {drill(2).uid, drill(6).uid}
    assert state(later, drill(6)) == ("0", "CONFIRMED")


def test_people_with_an_address_are_invited_with_their_role() -> None:
    people = (Attendee('Chi "C" (IC)', "chi@example.com"), Attendee("Bo (mentor)", "bo@example.com"))
    text = format_invitations([replace(drill(0), attendees=people, organizer="team@example.com")], "", NOW, UNTIL)
    event = events(text)[drill(0).uid]
    assert [(each.parameters["CN"], each.value) for each in event.all("ATTENDEE")] == [
        ("Chi 'C' (IC)", "mailto:chi@example.com"), ("Bo (mentor)", "mailto:bo@example.com"),
    ]  # fmt: skip
    assert event.text("ORGANIZER") == "mailto:team@example.com"
    assert "ATTENDEE" not in format_invitations([replace(drill(0), attendees=people)], "", NOW, UNTIL)


def test_a_calendar_of_something_else_is_not_touched() -> None:
    text = "BEGIN:VCALENDAR\r\nPRODID:-//Another//EN\r\nEND:VCALENDAR\r\n"
    with pytest.raises(CalendarError, match="not written by gameday rotation plan"):
        format_invitations([drill(0)], text, NOW, UNTIL)
