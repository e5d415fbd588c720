"""Where a row of the timeline comes from, and the roles in it."""

from __future__ import annotations

from gameday.events import Event, Statement, Stopped
from gameday.model import Role, Source
from gameday.review.document import plain
from gameday.units import format_duration


def source_text(event: Event) -> str:
    """Where the row comes from: the role that said it, or what recorded it; and how much later, where it was."""
    late = event.at - event.happened
    later = f", written down {format_duration(round(late))} later" if late >= 2 and event.source is Source.HUMAN else ""
    if event.source is Source.HUMAN:
        return f"{role(event.role)}{later}"
    return _SOURCES[event.source]


def role(found: Role | None) -> str:
    return "IC" if found is Role.IC else found.value if found else "a responder"


_SOURCES = {
    Source.RUNNER: "program", Source.GUARDIAN: "guardian", Source.COMMAND: "a command", Source.PROBE: "readings",
    Source.ALERT: "alert", Source.SCRIPT: "script",
}  # fmt: skip


def quoted_text(event: Event) -> str:
    """Return what a statement says, as one line."""
    return plain(event.body.text) if isinstance(event.body, Statement | Stopped) else ""
