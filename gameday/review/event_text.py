"""Texts of an event in a review: its time, its offset from the fault, its role and its source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

from gameday.events import (
    ChatLine,
    Event,
    FaultConfirmed,
    GuardrailBroken,
    Interrupted,
    Started,
    Statement,
    Stopped,
    format_delay,
    has_any,
)  # fmt: skip
from gameday.model import Role, Source
from gameday.review.document import code, plain
from gameday.units import format_role

_SOURCES = {
    Source.RUNNER: "program", Source.GUARDIAN: "guardian", Source.COMMAND: "command", Source.PROBE: "readings",
    Source.ALERT: "alert", Source.SCRIPT: "script",
}  # fmt: skip


def happened_at(event: Event) -> datetime:
    """Return when the event happened, not when it was recorded."""
    return datetime.fromtimestamp(event.wall - (event.at - event.happened), UTC)


def format_clock(event: Event) -> str:
    return f"{happened_at(event):%H:%M:%S}"


def reference_name(events: Sequence[Event]) -> str:
    """Return what offsets are counted from, as `reference_time` chooses it."""
    if has_any(events, FaultConfirmed):
        return "fault"
    return "start of the drill" if has_any(events, Started) else "first event"


def format_offset(seconds: float) -> str:
    """Format seconds from the fault as `+2:01`, `−0:04`, `+1:03:20`."""
    whole = round(abs(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    sign = "−" if seconds < 0 and whole else "+"
    return f"{sign}{hours}:{minutes:02}:{left:02}" if hours else f"{sign}{minutes}:{left:02}"


def format_event_offset(event: Event, start: float) -> str:
    """Format an event's offset as the difference of the two clocks that are shown, which drop parts of a second.

    `start`: the reference time, in CLOCK_MONOTONIC.
    """
    zero = event.wall - event.at + start
    return format_offset(math.floor(zero + event.happened - start) - math.floor(zero))


def format_day(seconds: float) -> str:
    """Format seconds since 1970 as `4 March 2026`."""
    date = datetime.fromtimestamp(seconds, UTC)
    return f"{date.day} {date:%B %Y}"


def format_hour_and_minute(seconds: float) -> str:
    """Format seconds since 1970 as `14:01 UTC`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M} UTC"


def format_source(event: Event) -> str:
    """Return the role that said it, or what recorded or caused it; and how much later it was recorded."""
    match event.body:
        case Stopped(on_page=True):
            return "page in a browser"
        case Stopped():
            return code("gameday stop") if event.source is Source.COMMAND else "keyboard"
        case Interrupted(name=name):
            return name or "signal"
        case GuardrailBroken():
            return "guardrail"
        case ChatLine():
            return f"{format_role(event.role)}, chat" if event.role else "chat"
        case _ if event.source is not Source.HUMAN:
            return _SOURCES[event.source]
        case _:
            return _speaker(event)


def _speaker(event: Event) -> str:
    return ", ".join(filter(None, (format_role_name(event.role), format_delay(event))))


def format_role_name(role: Role | None) -> str:
    return format_role(role) if role else "a responder"


def format_statement(event: Event) -> str:
    """Return what a person said, as one line."""
    return plain(event.body.text) if isinstance(event.body, Statement | Stopped) else ""
