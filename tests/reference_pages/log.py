"""Every kind of event with its audience, data and meaning, for docs/reference/log.md."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import get_type_hints

import msgspec

from gameday.events import (
    EVENT_TYPES,
    actions,
    alert_silence,
    facilitation,
    faults,
    follow_up,
    impact,
    lifecycle,
    measurements,
    messages,
    outcome,
    people,
    planned,
    reverts,
)
from gameday.events.body import Body

SUBJECTS = (
    planned,
    lifecycle,
    follow_up,
    faults,
    reverts,
    alert_silence,
    impact,
    measurements,
    messages,
    people,
    actions,
    facilitation,
    outcome,
)
_TABLE_HEAD = "| kind | audience | data | meaning |\n|---|---|---|---|\n"


def generate() -> str:
    """Return one table for each subject of gameday/events/."""
    return "\n\n".join(_section(subject) for subject in SUBJECTS)


def _section(subject: ModuleType) -> str:
    events = [event for event in EVENT_TYPES.values() if event.__module__ == subject.__name__]
    return f"### {_first_line(subject)}\n\n{_TABLE_HEAD}" + "\n".join(_row(event) for event in events)


def _first_line(subject: ModuleType) -> str:
    return (subject.__doc__ or "").strip().splitlines()[0].rstrip(".")


def _row(event: type[Body]) -> str:
    fields = ", ".join(_fields(event)) or "-"
    return f"| `{event.kind}` | {event.audience.name} | {fields} | {_meaning(event)} |"


def _meaning(event: type[Body]) -> str:
    return " ".join((event.__doc__ or "").split()).replace("|", "\\|")


def _fields(event: type[Body]) -> Iterator[str]:
    hints = get_type_hints(event)
    for field in msgspec.structs.fields(event):
        audience = event.field_audience.get(field.name)
        yield f"`{field.name}`{_shape(hints[field.name])}" + (f" ({audience.name})" if audience else "")


def _shape(hint: object) -> str:
    """Return `[]` for a list and `{}` for a mapping."""
    name = str(hint)
    return "[]" if name.startswith("tuple") else "{}" if "Mapping" in name else ""
