"""Sentences about the fault that was applied: when, which, and to what."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import ApplyRefused, Event, FaultConfirmed, Intended, first_of, has_any, of_type, read_plan
from gameday.review.document import code, plain
from gameday.review.event_text import format_clock
from gameday.units import format_parameters

MAX_MEMBERS = 6
"""Members of a target that are named, of those that the fault hit."""


def fault_sentence(events: Sequence[Event]) -> str:
    """Return a sentence about the fault: when, what, on which target."""
    event = first_of(events, FaultConfirmed)
    if event is None:
        return _no_fault_sentence(events)
    planned = {fault.id: fault.params for fault in read_plan(events).faults}
    details = format_parameters(event.body.params or planned.get(event.body.fault, {}))
    kind = plain(event.body.fault_kind) + (f" ({plain(details)})" if details else "")
    others = "".join(f", and {other}" for other in _other_faults(events, event.body.fault))
    members = _affected_members(events, event.body.marker)
    return f"At {format_clock(event)} UTC we applied {kind} to {code(event.body.target)}{members}{others}."


def _other_faults(events: Sequence[Event], first: str) -> list[str]:
    """Return the kind and target of each further fault that was active."""
    bodies = {event.body.fault: event.body for event in of_type(events, FaultConfirmed)}
    return [f"{plain(body.fault_kind)} to {code(body.target)}" for fault, body in bodies.items() if fault != first]


def _no_fault_sentence(events: Sequence[Event]) -> str:
    if not read_plan(events).faults and not has_any(events, Intended):
        return "The scenario has no fault: this drill practised the response alone."
    intended = {event.body.marker for event in of_type(events, Intended)}
    refused = {event.body.marker for event in of_type(events, ApplyRefused)}
    if intended - refused:
        return "It is unknown whether a fault was applied, or to how much of its target, so nothing was tested."
    return "No fault was applied, so nothing was tested."


def _affected_members(events: Sequence[Event], marker: str) -> str:
    """Return the members of the target that were hit: of several, they are drawn in each drill."""
    intents = (event.body.intent for event in of_type(events, Intended))
    names = next((intent.member_names for intent in intents if intent.marker == marker), ())
    more = f" and {len(names) - MAX_MEMBERS} more" if len(names) > MAX_MEMBERS else ""
    return f" ({', '.join(code(name) for name in names[:MAX_MEMBERS])}{more})" if names else ""
