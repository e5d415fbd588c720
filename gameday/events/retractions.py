"""Retractions: which records of people can be retracted, and the log without those that were."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events.envelope import Event, NewEvent, log_text
from gameday.events.outcome import DebriefEnded, DebriefLine, MomentNotReached
from gameday.events.people import IcAnnounced, Prediction, Retracted, RoleClaimed, Statement, TeamAssembled
from gameday.events.queries import has_any, of_type
from gameday.events.text import format_plain
from gameday.model import Source

RECORD_TYPES = (Statement, DebriefLine, MomentNotReached)
"""Events that people record. Measurements and actions of the program cannot be retracted."""


def without_retracted(events: Sequence[Event]) -> list[Event]:
    """Return the events that still count; the retractions themselves stay."""
    retracted = {entry for event in of_type(events, Retracted) for entry in event.body.entries}
    return [event for event in events if event.seq not in retracted] if retracted else list(events)


def list_retractable(events: Sequence[Event]) -> list[Event]:
    """Return what people recorded and did not retract, newest first; nothing once the debrief has ended."""
    if has_any(events, DebriefEnded):
        return []
    records = [event for event in without_retracted(events) if event.source is Source.HUMAN]
    return [event for event in reversed(records) if isinstance(event.body, RECORD_TYPES)]


def describe_retractable(events: Sequence[Event]) -> list[tuple[int, str]]:
    """Return number and text of each record that can be retracted, newest first; a prediction stays sealed."""
    records = list_retractable(events)
    return [
        (event.seq, "Prediction" if isinstance(event.body, Prediction) else format_plain(log_text(event)))
        for event in records
    ]


class UnknownRecord(ValueError):
    """A number that no retractable record has; `todo` names the command that lists them."""

    def __init__(self, entry: int, known: Sequence[int]) -> None:
        self.wrong = f"record {entry} cannot be retracted"
        self.todo = "List the records: gameday retract" if known else "There are no records to retract."
        super().__init__(f"{self.wrong}. {self.todo}")


def retraction_event(events: Sequence[Event], entry: int) -> NewEvent:
    """Return the retraction of the event with this number. Raises UnknownRecord.

    The moments that followed from a claimed role are retracted with it.
    """
    records = {event.seq: event for event in list_retractable(events)}
    if entry not in records:
        raise UnknownRecord(entry, list(records))
    chosen = [records[entry]]
    while isinstance(chosen[0].body, RoleClaimed | IcAnnounced) and _follows(chosen[-1], records):
        chosen.append(records[chosen[-1].seq + 1])
    body = Retracted(tuple(event.seq for event in chosen), tuple(event.kind for event in chosen))
    return NewEvent(body, source=Source.HUMAN)


def _follows(event: Event, records: dict[int, Event]) -> bool:
    """Return True if the next record is a moment that the program derived from this one."""
    after = records.get(event.seq + 1)
    return (
        after is not None and isinstance(after.body, IcAnnounced | TeamAssembled) and after.happened == event.happened
    )
