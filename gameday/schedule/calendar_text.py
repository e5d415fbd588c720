"""Text of iCalendar files (RFC 5545): content lines and components, without their meaning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

MAX_LINE_BYTES = 75
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*)')
_ESCAPED = {"\\": "\\", ";": ";", ",": ",", "n": "\n", "N": "\n"}


class CalendarError(ValueError):
    """A file that is no iCalendar, or cannot be read. `line` counts from 1."""

    def __init__(self, line: int, wrong: str) -> None:
        super().__init__(wrong)
        self.line = line


@dataclass(frozen=True, slots=True)
class Property:
    """A content line: `DTSTART;TZID=Europe/Berlin:20261208T100000`. Names are upper case, quotes are removed."""

    name: str
    value: str
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    line: str = ""
    """The whole line as it was read."""


@dataclass(slots=True)
class Component:
    """A component such as VEVENT, with its properties and what is nested in it. `number`: its first line."""

    name: str
    number: int = 1
    properties: list[Property] = field(default_factory=list[Property])
    components: list[Component] = field(default_factory=list["Component"])

    def get(self, name: str) -> Property | None:
        """Return the first property of that name, or None."""
        return next((each for each in self.properties if each.name == name), None)

    def all(self, name: str) -> list[Property]:
        """Return the properties of that name."""
        return [each for each in self.properties if each.name == name]

    def text(self, name: str) -> str:
        """Return the value of the property of that name, or an empty text."""
        return line.value if (line := self.get(name)) else ""


def parse_calendar(text: str) -> list[Component]:
    """Return the calendars in the text. Raises CalendarError for what is no iCalendar."""
    calendars: list[Component] = []
    nested: list[Component] = []
    for number, line in _unfold(text):
        content = _parse_line(number, line)
        if content.name == "BEGIN":
            component = Component(content.value.upper(), number)
            (nested[-1].components if nested else calendars).append(component)
            nested.append(component)
        elif content.name == "END":
            if not nested or nested.pop().name != content.value.upper():
                raise CalendarError(number, f"END:{content.value} without its BEGIN")
        elif nested:
            nested[-1].properties.append(content)
        else:
            raise CalendarError(number, "not an iCalendar file, which begins with BEGIN:VCALENDAR")
    if nested:
        raise CalendarError(nested[-1].number, f"BEGIN:{nested[-1].name} without its END: the file is incomplete")
    if not any(calendar.name == "VCALENDAR" for calendar in calendars):
        raise CalendarError(1, "not an iCalendar file, which begins with BEGIN:VCALENDAR")
    return calendars


def format_lines(lines: Iterable[str]) -> str:
    """Return content lines as a file: folded after 75 bytes, each ended by CRLF."""
    return "".join(f"{part}\r\n" for line in lines for part in _fold(line))


def escape_text(text: str) -> str:
    """Return a text as the value of a property."""
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\n", r"\n")


def unescape_text(value: str) -> str:
    """Return the text of a property's value."""
    return re.sub(r"\\(.)", lambda match: _ESCAPED.get(match[1], match[0]), value)


def _unfold(text: str) -> Iterator[tuple[int, str]]:
    """Yield each content line with the number of its first line in the file."""
    start, line = 0, ""
    for number, raw in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), 1):
        if raw[:1] in (" ", "\t") and line:
            line += raw[1:]
            continue
        if line:
            yield start, line
        start, line = number, raw.rstrip()
    if line:
        yield start, line


def _parse_line(number: int, line: str) -> Property:
    name = _NAME.match(line)
    if name is None:
        raise CalendarError(number, f"not an iCalendar property: {line[:40]!r}")
    position, parameters = name.end(), dict[str, str]()
    while match := _PARAMETER.match(line, position):
        parameters[match[1].upper()] = match[2].replace('"', "")
        position = match.end()
    if line[position : position + 1] != ":":
        raise CalendarError(number, f"not an iCalendar property: {line[:40]!r}")
    return Property(name[0].upper(), line[position + 1 :], parameters, line)


def _fold(line: str) -> Iterator[str]:
    """Yield the parts of a line, cut between characters, not within one."""
    part, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > MAX_LINE_BYTES:
            yield part
            part, size = " ", 1
        part, size = part + character, size + width
    yield part
