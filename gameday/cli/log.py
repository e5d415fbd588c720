"""`gameday log`: a drill's events, one a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from gameday.cli.finished_drills import load_finished, without_private_notes
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.events import Event


@click.command()
@click.argument("drill", required=False)
@click.option("--format", "form", type=click.Choice(["text", "jsonl"]), default="text", show_default=True)
@click.option("--private", is_flag=True, help="With the facilitator's own notes.")
def command(drill: str | None, form: str, private: bool) -> Exit:
    """Print the events of DRILL (default: the latest), in the order in which they were recorded."""
    found = load_finished(drill, "log").events
    events = found if private else without_private_notes(found)
    for line in jsonl(events) if form == "jsonl" else told(events):
        click.echo(line)
    return Exit.HELD


def jsonl(events: Sequence[Event]) -> Iterator[str]:
    """One JSON object a line; gameday.events.decode reads it back."""
    from gameday.events import encode

    for event in events:
        yield json.dumps(encode(event), ensure_ascii=False)


def told(events: Sequence[Event]) -> Iterator[str]:
    """Clock, offset from the fault, kind, who as a role, and what was said or measured."""
    from gameday.events import reference_time
    from gameday.review.time_format import clock, offset

    start = reference_time(events)
    for event in events:
        who = event.role.value if event.role else event.source.value
        yield f"{clock(event)} {offset(event.happened - start):>8}  {event.kind:<14} {who:<12} {_data(event)}".rstrip()


def _data(event: Event) -> str:
    if event.kind == "planned":
        return f"scenario={event.data.get('scenario')} mode={event.data.get('mode')}"
    return " ".join(f"{key}={_value(value)}" for key, value in event.data.items() if value not in (None, "", []))


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    return value if isinstance(value, str) and " " not in value else json.dumps(value, ensure_ascii=False)
