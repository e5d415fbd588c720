"""`gameday log`: a drill's events, one per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from gameday.app.finished_drills import without_private_notes
from gameday.cli.completion_values import complete_drill
from gameday.cli.json_output import format_json, format_option
from gameday.cli.output import print_result
from gameday.cli.own_finished_drills import load_own_finished_drill
from gameday.clock import format_iso_time

if TYPE_CHECKING:
    from gameday.events import Event
    from gameday.model import Json

INTENT_FIELDS = ("marker", "fault", "kind", "target", "params", "auto_revert")
"""Fields of an intent that the text shows."""


@click.command()
@click.argument("drill", required=False, shell_complete=complete_drill)
@format_option
@click.option("--private", is_flag=True, help="Include the facilitator's private notes.")
def command(drill: str | None, as_json: bool, private: bool) -> None:
    """Print the events of DRILL (default: the latest) in the order they happened.

    An event that a person recorded later says so. As JSON, each line is one event, in the order they were recorded.
    """
    recorded = load_own_finished_drill(drill, "log").events
    events = recorded if private else without_private_notes(recorded)
    print_result(format_json_lines(events) if as_json else format_text_lines(events))


def format_json_lines(events: Sequence[Event]) -> Iterator[str]:
    """Yield a LogDocument per event."""
    for event in events:
        yield format_json(event_as_json(event), None)


def event_as_json(event: Event) -> dict[str, Json]:
    """Return the event as gameday.events encodes it, with its wall-clock times in ISO 8601."""
    from gameday.events import encode

    record = encode(event)
    del record["wall"]
    happened = event.wall - (event.at - event.happened)
    times: dict[str, Json] = {
        "recorded_at": format_iso_time(event.wall),
        "happened_at": format_iso_time(happened),
    }
    return times | record


def format_text_lines(events: Sequence[Event]) -> Iterator[str]:
    """Yield clock, offset from the fault, kind, role and data of each event, in order of happening."""
    from gameday.events import format_delay, reference_time
    from gameday.review.event_text import format_clock, format_event_offset

    start = reference_time(events)
    for event in sorted(events, key=lambda event: (event.happened, event.seq)):
        who = event.role.value if event.role else event.source.value
        times = f"{format_clock(event)} {format_event_offset(event, start):>8}"
        words = filter(None, (_data(event), f"({delay})" if (delay := format_delay(event)) else ""))
        yield f"{times}  {event.kind:<14} {who:<12} {' '.join(words)}".rstrip()


def _data(event: Event) -> str:
    from gameday.events import Planned, body_data

    if isinstance(event.body, Planned):
        return f"scenario={_value(event.body.scenario)} mode={_value(event.body.mode)}"
    return " ".join(
        f"{key}={_value(value)}" for key, value in _summarised(body_data(event.body)) if value not in (None, "", [])
    )


def _summarised(data: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield the fields, and of an intent only what tells the faults apart: the whole is in the JSON."""
    for key, value in data.items():
        if key == "intent" and isinstance(value, dict):
            yield from ((name, value.get(name)) for name in INTENT_FIELDS)
        else:
            yield key, value


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    is_word = isinstance(value, str) and " " not in value and value.isprintable()
    return str(value) if is_word else format_json(value, None)
