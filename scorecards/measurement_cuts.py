"""Interventions of the drill that cut a measurement short: from there on, only a lower bound is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import (
    ActionStarted,
    Body,
    Ended,
    Event,
    FaultAdjusted,
    FaultEnded,
    FaultEndedUnexpectedly,
    FaultReverted,
    ForeignChangeKept,
    GuardrailBroken,
    Halted,
    Interrupted,
    OutsideChangeSeen,
    Removed,
    RevertStarted,
    Stopped,
    final_stops,
    has_any,
    last_of,
    of_type,
)
from gameday.model import EndReason

ADJUSTED = "measured until the fault was adjusted"
CHANGED_OUTSIDE = "measured until somebody outside this drill changed the target"
TIMEBOX = "ended by the timebox"
_ENDINGS: dict[type[Body], str] = {
    GuardrailBroken: "ended by a guardrail",
    Stopped: "ended by STOP",
    Halted: "ended by a halt",
    Interrupted: "interrupted (Ctrl-C or a signal)",
    RevertStarted: "ended by the revert",
    FaultReverted: "ended by the revert",
    Ended: "ended by the end of the drill",
}
_CAUSES: dict[type[Body], str] = {
    FaultEndedUnexpectedly: "the fault lapsed",
    FaultAdjusted: ADJUSTED,
    OutsideChangeSeen: CHANGED_OUTSIDE,
    FaultEnded: "the fault ended as planned",
    Removed: "a later fault of the drill ended the first",
    **_ENDINGS,
}
DRILL_ENDINGS = frozenset({TIMEBOX, *_ENDINGS.values()})
"""Causes by which the drill itself ended: what was measured until then had not happened yet."""
INTERRUPTED = "interrupted by STOP"
IN_PAUSE = "it ended during a pause"
SUSPENDED = "the machine was suspended"
UNREADABLE = "could not be read from then on"
"""End of the reason why a time ended with the last bad reading: what came after it is unknown."""
UNCONFIRMED = "recovery not confirmed"
"""Begin of the reason why a time ended before the drill did: service was restored, but not for long enough to count."""
OUTLIVED = frozenset({INTERRUPTED, IN_PAUSE, SUSPENDED})
"""Causes after which the drill went on, with the same faults: what restored service then is known all the same."""


@dataclass(frozen=True, slots=True)
class MeasurementCut:
    """The time (monotonic seconds) at which the drill itself cut a measurement short, and a phrase for the cause."""

    at: float
    cause: str


def is_open_ended(cause: str) -> bool:
    """Return True if what was measured had not come by the end of the drill, as far as is known."""
    return cause in DRILL_ENDINGS or cause.endswith(UNREADABLE)


def first_cut(events: Sequence[Event], since: float) -> MeasurementCut | None:
    """Return the earliest event after `since` (monotonic seconds) that ended the impact other than by the responders.

    A lapsed fault counts (a restarted proxy, a lost lease), and so does a later fault that ended the first. The begin
    of a revert counts only if it reverted something; an action that removed the fault is the responders'. A fault that
    ended by itself counts from when it was last known to be present.
    """
    reverted = has_any(events, FaultReverted, ForeignChangeKept)
    causes = tuple(cause for cause in _CAUSES if reverted or cause is not RevertStarted)
    candidates = [event for event in _without_planned_ends(events) if not _is_by_responders(event.body)]
    timed = [(_time(event), event) for event in of_type(candidates, *causes) if event.happened > since]
    at, event = min(timed, key=lambda pair: pair[0], default=(0.0, None))
    return MeasurementCut(max(at, since), _cause(event, events)) if event else None


def _time(event: Event) -> float:
    if isinstance(event.body, OutsideChangeSeen) and event.body.last_absent is not None:
        return event.body.last_absent
    last_present = (
        event.body.last_present if isinstance(event.body, FaultEndedUnexpectedly | Removed | FaultEnded) else None
    )
    return event.happened if last_present is None else last_present


def _is_by_responders(body: Body) -> bool:
    return isinstance(body, Removed) and not body.by_fault


def _cause(event: Event, events: Sequence[Event]) -> str:
    body = event.body
    if isinstance(body, FaultEndedUnexpectedly) and body.reason:
        return body.reason
    if isinstance(body, RevertStarted | FaultReverted | Ended) and _ended_by_timebox(events):
        return TIMEBOX
    if isinstance(body, Stopped) and event.seq not in {stop.seq for stop in final_stops(events)}:
        return INTERRUPTED
    return _CAUSES[type(body)]


def _without_planned_ends(events: Sequence[Event]) -> list[Event]:
    """Leave out the planned ends of faults that did not restore service.

    Where an action came after the last of them, the outage outlived its fault.
    """
    ends = list(of_type(events, FaultEnded))
    action = last_of(events, ActionStarted)
    outlived = bool(ends) and action is not None and action.happened >= ends[-1].happened
    markers = {end.body.marker for end in ends}
    return [
        event
        for event in events
        if not (isinstance(event.body, FaultReverted) and event.body.marker in markers)
        and not (isinstance(event.body, FaultEnded) and outlived)
    ]


def _ended_by_timebox(events: Sequence[Event]) -> bool:
    end = last_of(events, Ended)
    return end is not None and end.body.reason is EndReason.TIMEBOX
