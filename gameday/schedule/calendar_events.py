"""Busy times of an iCalendar file: its events, the recurring ones expanded, and published free/busy times.

An event is busy unless it is cancelled or transparent. A time without a zone, and a whole day, are local to the
reader's zone. A time zone is the one of that name, else the definition in the file. A recurring event ends at the same
time of day each time, as calendars show it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from gameday.clock import parse_zone
from gameday.schedule.calendar_text import CalendarError, Component, Property, parse_calendar
from gameday.schedule.recurrence import CLOCK_CHANGE, parse_rule

if TYPE_CHECKING:
    from dateutil.rrule import rrule

Span = tuple[float, float]
_DATE, _TIME = "%Y%m%d", "%Y%m%dT%H%M%S"
_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LocalTime:
    """A time as it is written, with its zone; `is_day`: a whole day."""

    naive: datetime
    zone: tzinfo
    is_day: bool = False

    @property
    def instant(self) -> float:
        """Wall-clock seconds; a time that a clock change skips is later, one that exists twice is the first."""
        return self.naive.replace(tzinfo=self.zone, fold=0).timestamp()


@dataclass(slots=True)
class _Zones:
    """Time zones of one file. `local`: that of times without a zone."""

    local: ZoneInfo
    definitions: Sequence[Component] = ()
    known: dict[str, tzinfo] = field(default_factory=dict[str, tzinfo])

    def find(self, name: str) -> tzinfo:
        """Return the zone of that name. Raises ValueError."""
        if name not in self.known:
            self.known[name] = self._load(name)
        return self.known[name]

    def _load(self, name: str) -> tzinfo:
        try:
            return parse_zone(name)
        except ValueError:
            return self._read_definition(name)

    def _read_definition(self, name: str) -> tzinfo:
        from dateutil.tz import tzical

        definition = next((each for each in self.definitions if each.text("TZID") == name), None)
        if definition is None:
            raise ValueError(f"unknown time zone {name!r}, and the file does not define it")
        text = "\n".join(["BEGIN:VCALENDAR", *_lines(definition), "END:VCALENDAR"])
        zone = tzical(StringIO(text)).get(name)
        if not isinstance(zone, tzinfo):
            raise ValueError(f"the file does not define the time zone {name!r}")
        return zone


def find_busy_spans(text: str, begin: float, end: float, local: ZoneInfo) -> list[Span]:
    """Return the busy spans that overlap `begin`..`end` (wall seconds), sorted. Raises CalendarError."""
    spans: list[Span] = []
    for calendar in parse_calendar(text):
        zones = _Zones(local, [each for each in calendar.components if each.name == "VTIMEZONE"])
        events = [each for each in calendar.components if each.name == "VEVENT"]
        changed: set[tuple[str, float | None]] = set()
        for event in events:
            with _locate(event):
                changed.add((event.text("UID"), _instant(event, "RECURRENCE-ID", zones)))
        for event in events:
            with _locate(event):
                spans += _event_spans(event, begin, end, zones, changed)
        for published in (each for each in calendar.components if each.name == "VFREEBUSY"):
            with _locate(published):
                spans += _published_spans(published, zones)
    return sorted({span for span in spans if span[0] < min(end, span[1]) and span[1] > begin})


@contextmanager
def _locate(component: Component) -> Iterator[None]:
    """Turn an error into one with the line of the component."""
    try:
        yield
    except (ValueError, OverflowError, OSError) as error:
        raise CalendarError(component.number, str(error)) from None


def _event_spans(
    event: Component, begin: float, end: float, zones: _Zones, changed: set[tuple[str, float | None]]
) -> Iterator[Span]:
    free = (event.text("STATUS").upper() == "CANCELLED" or event.text("TRANSP").upper() == "TRANSPARENT"
            or event.text("X-MICROSOFT-CDO-BUSYSTATUS").upper() == "FREE")  # fmt: skip
    start_property = event.get("DTSTART")
    if free or start_property is None:
        return
    start = _read_times(start_property, zones)[0]
    for time in _occurrences(event, start, begin, end, zones):
        is_replaced = event.get("RECURRENCE-ID") is None and (event.text("UID"), time.instant) in changed
        if not is_replaced:
            yield time.instant, _end_of(event, start, time, zones)


def _occurrences(event: Component, start: LocalTime, begin: float, end: float, zones: _Zones) -> list[LocalTime]:
    """Return the starts of an event, near `begin`..`end` if it recurs."""
    excluded = {time.instant for each in event.all("EXDATE") for time in _read_times(each, zones)}
    times = [start, *(time for each in event.all("RDATE") for time in _read_times(each, zones))]
    length = timedelta(seconds=max(0.0, _end_of(event, start, start, zones) - start.instant))
    first = datetime.fromtimestamp(begin, start.zone).replace(tzinfo=None) - length - CLOCK_CHANGE
    last = datetime.fromtimestamp(end, start.zone).replace(tzinfo=None) + CLOCK_CHANGE
    for rule in event.all("RRULE"):
        recurring = _parse_rule(rule.value, start).between(first, last, inc=True)
        times += [LocalTime(naive, start.zone, start.is_day) for naive in recurring]
    return [time for time in times if time.instant not in excluded]


def _parse_rule(rule: str, start: LocalTime) -> rrule:
    if re.search(r"FREQ=(SECONDLY|MINUTELY|HOURLY)", rule.upper()):
        raise ValueError(f"the rule {rule!r} recurs within a day")

    def to_local(match: re.Match[str]) -> str:
        until = datetime.strptime(match[1], _TIME).replace(tzinfo=UTC).astimezone(start.zone)
        return f"UNTIL={until:%Y%m%dT%H%M%S}"

    local = re.sub(r"UNTIL=(\d{8}T\d{6})Z", to_local, rule.upper())
    try:
        return parse_rule(local, start.naive)
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError(f"invalid rule {rule!r}: {error}") from None


def _end_of(event: Component, start: LocalTime, time: LocalTime, zones: _Zones) -> float:
    """Return the end of the occurrence at `time`, in wall seconds."""
    if ends := event.get("DTEND"):
        end = _read_times(ends, zones)[0]
        if start.zone == end.zone:
            return LocalTime(time.naive + (end.naive - start.naive), time.zone).instant
        return time.instant + end.instant - start.instant
    length = _parse_duration(event.text("DURATION")) if event.get("DURATION") else _DAY if start.is_day else timedelta()
    if start.is_day:
        return LocalTime(time.naive + length, time.zone).instant
    return time.instant + length.total_seconds()


def _published_spans(published: Component, zones: _Zones) -> Iterator[Span]:
    for each in published.all("FREEBUSY"):
        if each.parameters.get("FBTYPE", "BUSY").upper() == "FREE":
            continue
        for period in each.value.split(","):
            first, _, last = period.partition("/")
            begin = _read_time(first, each.parameters, zones).instant
            if last.lstrip("+").startswith("P"):
                yield begin, begin + _parse_duration(last).total_seconds()
            else:
                yield begin, _read_time(last, each.parameters, zones).instant


def _instant(component: Component, name: str, zones: _Zones) -> float | None:
    content = component.get(name)
    return _read_times(content, zones)[0].instant if content else None


def _read_times(content: Property, zones: _Zones) -> list[LocalTime]:
    """Return the times of a property; of a period, its start."""
    return [_read_time(text.partition("/")[0], content.parameters, zones) for text in content.value.split(",")]


def _read_time(text: str, parameters: Mapping[str, str], zones: _Zones) -> LocalTime:
    if parameters.get("VALUE", "").upper() == "DATE" or re.fullmatch(r"\d{8}", text):
        return LocalTime(_parse(text, _DATE), zones.local, is_day=True)
    name = parameters.get("TZID")
    zone = UTC if text.endswith("Z") else zones.find(name) if name else zones.local
    return LocalTime(_parse(text.removesuffix("Z"), _TIME), zone)


def _parse(text: str, form: str) -> datetime:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - it gets its zone
    except ValueError:
        raise ValueError(f"invalid time {text!r}") from None


def _parse_duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"invalid duration {text!r}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length


def _lines(component: Component) -> Iterator[str]:
    yield f"BEGIN:{component.name}"
    yield from (each.line for each in component.properties)
    for nested in component.components:
        yield from _lines(nested)
    yield f"END:{component.name}"
