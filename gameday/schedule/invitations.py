"""Invitations to drills as an iCalendar file that is written again and again: changes update, skips cancel.

An event keeps its UID. Its SEQUENCE grows when it changes, as calendars need it (RFC 5546). The file that is there is
the memory of what was announced: what it has and the plan no longer has is cancelled. Nothing here names a scenario.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gameday.clock import parse_zone
from gameday.schedule.calendar_text import CalendarError, Component, escape_text, format_lines, parse_calendar
from gameday.schedule.calendar_zone import zone_lines
from gameday.schedule.recurrence import to_instant

_PRODUCT = "-//gameday//rotation plan//EN"
_DIGEST = "X-GAMEDAY-DIGEST"
_CHANGING = ("SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "STATUS", _DIGEST)


@dataclass(frozen=True, slots=True)
class Attendee:
    """A person who is invited."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """An event: `key` tells it from all others and never changes; times in wall seconds, shown in `zone`."""

    key: str
    start: float
    end: float
    zone: ZoneInfo
    summary: str
    description: str
    attendees: tuple[Attendee, ...] = ()
    organizer: str = ""
    """An address; needed by a calendar to send answers to."""

    @property
    def uid(self) -> str:
        return f"{hashlib.sha256(self.key.encode()).hexdigest()[:32]}@gameday"


def format_invitations(invitations: Sequence[Invitation], before: str, now: float, until: float) -> str:
    """Return the new text of the file whose text was `before`, for events of `now`..`until`.

    Events of the past are left out, those after `until` stay as they are. Raises CalendarError if `before` is no
    file of this kind.
    """
    known = {event.text("UID"): event for event in _read_events(before)}
    events = [list(_event_lines(each, known.get(each.uid), now)) for each in invitations]
    planned = {each.uid for each in invitations}
    kept = [event for uid, event in known.items() if uid not in planned and _start(event) >= now]
    events += [list(_cancel(event, now) if _start(event) < until else _lines(event)) for event in kept]
    zones = [each.zone.key for each in invitations] + [_zone_name(event) for event in kept]
    starts = [*(each.start for each in invitations), *map(_start, kept)]
    years = sorted(datetime.fromtimestamp(start, UTC).year for start in starts)
    named = sorted(set(zones) - {"UTC"})
    definitions = (line for zone in named for line in zone_lines(parse_zone(zone), years[0], years[-1]))
    body = (line for event in events for line in event)
    head = ("BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{_PRODUCT}", "CALSCALE:GREGORIAN")
    return format_lines([*head, *definitions, *body, "END:VCALENDAR"])


def _read_events(text: str) -> list[Component]:
    if not text.strip():
        return []
    calendars = parse_calendar(text)
    if any(calendar.text("PRODID") != _PRODUCT for calendar in calendars):
        raise CalendarError(1, "not written by gameday rotation plan")
    return [event for calendar in calendars for event in calendar.components if event.name == "VEVENT"]


def _event_lines(invitation: Invitation, known: Component | None, now: float) -> Iterable[str]:
    """Return the event's lines: those of the file if nothing changed, else new ones with the next SEQUENCE."""
    content = list(_content(invitation))
    digest = hashlib.sha256("\n".join(content).encode()).hexdigest()[:16]
    if known and known.text(_DIGEST) == digest and known.text("STATUS") != "CANCELLED":
        return _lines(known)
    sequence = int(known.text("SEQUENCE") or 0) + 1 if known else 0
    return _wrap(content, sequence, now, "CONFIRMED", digest)


def _content(invitation: Invitation) -> Iterator[str]:
    yield f"UID:{invitation.uid}"
    yield f"DTSTART{_format_time(invitation.start, invitation.zone)}"
    yield f"DTEND{_format_time(invitation.end, invitation.zone)}"
    yield f"SUMMARY:{escape_text(invitation.summary)}"
    yield f"DESCRIPTION:{escape_text(invitation.description)}"
    if invitation.attendees and invitation.organizer:
        yield f"ORGANIZER:mailto:{invitation.organizer}"
        for each in invitation.attendees:
            name = " ".join(each.name.replace('"', "'").split())
            yield f'ATTENDEE;CN="{name}";ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{each.email}'


def _cancel(event: Component, now: float) -> Iterable[str]:
    """Return the lines of an event that will not be, as they are if it is cancelled already."""
    if event.text("STATUS") == "CANCELLED":
        return _lines(event)
    content = [each.line for each in event.properties if each.name not in _CHANGING]
    return _wrap(content, int(event.text("SEQUENCE") or 0) + 1, now, "CANCELLED", "cancelled")


def _wrap(content: Sequence[str], sequence: int, now: float, status: str, digest: str) -> list[str]:
    stamp = f"DTSTAMP:{datetime.fromtimestamp(now, UTC):%Y%m%dT%H%M%SZ}"
    state = [stamp, f"SEQUENCE:{sequence}", f"STATUS:{status}", f"{_DIGEST}:{digest}"]
    return ["BEGIN:VEVENT", *content, *state, "END:VEVENT"]


def _lines(event: Component) -> list[str]:
    return ["BEGIN:VEVENT", *(each.line for each in event.properties), "END:VEVENT"]


def _format_time(instant: float, zone: ZoneInfo) -> str:
    local = f"{datetime.fromtimestamp(instant, zone):%Y%m%dT%H%M%S}"
    return f":{local}Z" if zone.key == "UTC" else f";TZID={zone.key}:{local}"


def _start(event: Component) -> float:
    """Return the start of an event of such a file. Raises CalendarError."""
    try:
        naive = datetime.strptime(event.text("DTSTART").removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - see below
        return to_instant(naive, parse_zone(_zone_name(event)))
    except ValueError as error:
        raise CalendarError(event.number, str(error)) from None


def _zone_name(event: Component) -> str:
    start = event.get("DTSTART")
    parameters: Mapping[str, str] = start.parameters if start else {}
    return parameters.get("TZID", "UTC")
