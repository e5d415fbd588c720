"""The envelope of an event: its number, times, source and owner around a typed body; and the codec of both."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic

import msgspec
from typing_extensions import TypeVar

from gameday.events.body import EVENT_TYPES, Body, Unrecognised
from gameday.events.people import Statement
from gameday.events.text import SignalKinds, Text, spans
from gameday.model import Json, Role, Source
from gameday.units import format_duration, format_role

LATE_S = 2
"""Seconds after which a person's record counts as recorded later."""

BodyT = TypeVar("BodyT", bound=Body, default=Body, covariant=True)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before the store gives it its number. `happened` None: now. `source` and `role` say who.

    `recorded`: monotonic and wall time of its recording, where the store is written later; None: now."""

    body: Body
    happened: float | None = None
    source: Source = Source.RUNNER
    role: Role | None = None
    recorded: tuple[float, float] | None = None

    @property
    def kind(self) -> str:
        return kind_of(self.body)


@dataclass(frozen=True, slots=True)
class Event(Generic[BodyT]):
    """One immutable line of a drill's log.

    `seq` counts from 1 without gaps. `at`: when the owner recorded it. `happened`: when it was true; a person may
    report it later. `role`: who reported it, as a role.
    """

    seq: int
    drill: str
    at: float
    wall: float
    happened: float
    source: Source
    role: Role | None
    epoch: int
    boot: str
    body: BodyT

    @property
    def kind(self) -> str:
        return kind_of(self.body)


def kind_of(body: Body) -> str:
    """Return the kind that the log has for this content."""
    return body.recorded_kind if isinstance(body, Unrecognised) else body.kind


def encode_body(body: Body) -> str:
    """Return the content as JSON. What is no text in it (a file name of other bytes) becomes a question mark."""
    if isinstance(body, Unrecognised):
        return json.dumps(body.content)
    try:
        return body.encode().decode()
    except UnicodeEncodeError:
        return json.dumps(body_data(body), ensure_ascii=False).encode("utf-8", "replace").decode()


def body_data(body: Body) -> dict[str, Any]:
    """Return the content as the values that JSON has."""
    data = body.content if isinstance(body, Unrecognised) else msgspec.to_builtins(body)
    return data if isinstance(data, dict) else {"content": data}


def decode_body_strictly(kind: str, content: str) -> Body:
    """Return the typed content; raises ValueError for an unknown kind or content that does not fit it."""
    if kind not in EVENT_TYPES:
        raise ValueError(f"unknown kind of event: {kind}")
    return EVENT_TYPES[kind].decode(content)


def decode_body_leniently(kind: str, content: str) -> Body:
    """Return the typed content, or an Unrecognised one: whoever reverts never fails on it."""
    try:
        return decode_body_strictly(kind, content)
    except ValueError:
        return Unrecognised(kind, _raw(content))


def read_source(source: str) -> Source:
    """Return the source; one that this version does not know counts as the runner, and stops no revert."""
    return Source(source) if source in [known.value for known in Source] else Source.RUNNER


def read_role(role: str | None) -> Role | None:
    """Return the role; None for one that this version does not know."""
    return Role(role) if role and role in [known.value for known in Role] else None


def _raw(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content


def encode(event: Event) -> dict[str, Json]:
    """Return the event as plain data; `gameday log --format json` prints it with readable times."""
    return {
        "seq": event.seq, "drill": event.drill, "kind": event.kind, "at": round(event.at, 6),
        "wall": round(event.wall, 6), "happened": round(event.happened, 6), "source": event.source.value,
        "role": event.role.value if event.role else None, "epoch": event.epoch, "boot": event.boot,
        "data": json.loads(encode_body(event.body)),
    }  # fmt: skip


def decode_strictly(line: Mapping[str, Any]) -> Event:
    """Return the event that `encode` wrote; raises KeyError or ValueError for anything else."""
    fields = {key: value for key, value in line.items() if key not in ("kind", "data")}
    body = decode_body_strictly(line["kind"], json.dumps(line["data"]))
    role = Role(line["role"]) if line["role"] else None
    return Event(**{**fields, "source": Source(line["source"]), "role": role, "body": body})


def decode_leniently(line: Mapping[str, Any]) -> Event:
    """Return the event that `encode` wrote, with an Unrecognised body where this version cannot decode it.

    Raises KeyError, TypeError or ValueError for a line that is no event."""
    fields = {key: value for key, value in line.items() if key not in ("kind", "data")}
    body = decode_body_leniently(line["kind"], json.dumps(line["data"]))
    return Event(**{**fields, "source": read_source(line["source"]), "role": read_role(line["role"]), "body": body})


def log_text(event: Event, signals: SignalKinds | None = None) -> Text:
    """Return the log's sentence about an event, with the role that said it, and how much later it was recorded."""
    body = event.body
    scripted = event.source is Source.SCRIPT and isinstance(body, Statement) and not body.text
    is_spoken = event.source in (Source.HUMAN, Source.SCRIPT) and not body.names_role
    spoken = event.role if is_spoken else None
    parts = ("scripted" if scripted else "", format_role(spoken) if spoken else "", format_delay(event))
    origin = ", ".join(filter(None, parts))
    return spans(body.log_text(signals or {}), f" ({origin})" if origin else "")


def format_delay(event: Event) -> str:
    """Format `recorded 3 min later` for what a person reported later than it happened; else an empty string."""
    late = event.at - event.happened
    is_late = event.source is Source.HUMAN and late >= LATE_S
    return f"recorded {format_duration(round(late))} later" if is_late else ""
