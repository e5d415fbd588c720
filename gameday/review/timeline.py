"""The rows of a timeline: the most telling events of a drill, from before the fault until after its end."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from gameday.events import (
    CAUSE_OWN_REVERT,
    ActionFinished,
    AllReverted,
    Body,
    Event,
    FaultConfirmed,
    FaultEnded,
    FaultEndedUnexpectedly,
    FaultReverted,
    ForeignChangeKept,
    Paged,
    Periods,
    Recovered,
    Removed,
    RevertStarted,
    SignalKinds,
    Statement,
    SteadyStateChecked,
    fold_active_period,
    of_type,
    read_plan,
    reference_time,
)
from gameday.review.action_runs import merge_action_runs
from gameday.review.document import render_text
from gameday.review.event_text import format_clock, format_event_offset, format_source
from gameday.store.outstanding import outstanding_intents

ROWS = 28
"""Rows of the light form at most: a page has room for them."""

_BY_IMPORTANCE = (
    "fault", "stop", "stop-resumed", "adjusted", "lapsed", "removed", "outside-change", "outside-change-gone",
    "fault-end", "guardrail-breach", "halt", "interrupted", "impact", "mitigated", "reverted", "steady-state",
    "end", "paused", "resumed", "recovered", "start", "revealed", "mitigation-reported", "extended", "given-up",
    "fault-kept", "action-finished", "help", "decision", "alert", "declared", "theory", "acknowledged", "update",
    "hint", "note", "chat", "hint-whispered", "ic-announced", "message", "severity", "page-escalated", "assembled",
    "suspended", "handover", "reverting", "guardrail-warning", "role-claimed", "prediction", "effect", "paged",
)  # fmt: skip
"""Kinds of events from the most telling one; the rest has rows in the full form alone."""
_STATED_ONCE = frozenset({"acknowledged", "declared", "assembled"})
"""Statements that say nothing new when they are repeated without a text."""
_REPEATED = 6
"""Places by which the second and later events of a kind rank lower."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: UTC clock, offset from the fault, the event, its source."""

    clock: str
    offset: str
    event: str
    source: str


def timeline_rows(events: Sequence[Event], kinds: SignalKinds, limit: int | None = ROWS) -> tuple[Row, ...]:
    """Return the rows in order of happening; never two that say the same in the same second. `limit` None: all."""
    start = reference_time(events)
    candidates = _events_with_rows(events)
    chosen = sorted(
        candidates if limit is None else _choose(candidates, limit, _moments_of_objectives(events)),
        key=lambda event: (event.happened, event.seq),
    )
    rows = [
        Row(format_clock(e), format_event_offset(e, start), render_text(e.body.review_text(kinds)), format_source(e))
        for e in chosen
    ]
    return tuple({(row.clock, row.event): row for row in rows}.values())


def _events_with_rows(events: Sequence[Event]) -> list[Event]:
    """Return the events that have a sentence, without those of which another one says the same."""
    omitted = {*_confirmed_again(events), *_empty_reverts(events)}
    return [
        event
        for event in merge_action_runs(events)
        if event.seq not in omitted and event.body.review_text({}) and not _is_own_recovery(event.body)
    ]


def _choose(events: Sequence[Event], limit: int, needed: Set[str]) -> list[Event]:
    """Choose the most important events; of a kind the first one, as in the figures, but each action for itself.

    `needed`: kinds whose first event always has a row.
    """
    ranked: list[tuple[int, float, int, Event]] = []
    counts: dict[tuple[str, str], int] = {}
    for event in sorted(events, key=lambda event: (event.happened, event.seq)):
        rank = None if _is_repetition(event, ranked) else _rank(event.body)
        if rank is not None:
            key = (event.kind, _distinction(event.body))
            counts[key] = counts.get(key, 0) + 1
            is_needed = event.kind in needed and counts[key] == 1
            place = -1 if is_needed else rank + _REPEATED * (counts[key] - 1)
            ranked.append((place, event.happened, event.seq, event))
    return [event for *_, event in sorted(ranked, key=lambda item: item[:3])[:limit]]


def _moments_of_objectives(events: Sequence[Event]) -> set[str]:
    """Return the moments whose time an objective states: the review names both, so both have rows."""
    return {moment for objective in read_plan(events).objectives for moment in (objective.moment, objective.of)}


def _rank(body: Body) -> int | None:
    """Return the place of an event, None for one that only the full form tells.

    A page of the program's own says that the alert stayed silent.
    """
    kind = "alert" if isinstance(body, Paged) and body.by_program else body.kind
    is_before = isinstance(body, SteadyStateChecked) and body.when == "before"
    return None if is_before or kind not in _BY_IMPORTANCE else _BY_IMPORTANCE.index(kind)


def _is_repetition(event: Event, ranked: Sequence[tuple[int, float, int, Event]]) -> bool:
    """Return True for a statement without a text that was made before: it would take another event's row."""
    if event.kind not in _STATED_ONCE or not isinstance(event.body, Statement) or event.body.text:
        return False
    return any(other.kind == event.kind for *_, other in ranked)


def _distinction(body: Body) -> str:
    match body:
        case ActionFinished(action=action):
            return action
        case SteadyStateChecked(when=when):
            return when
        case _:
            return ""


def _is_own_recovery(body: Body) -> bool:
    """Return True for a recovery by our own revert: the row of the steady state after it says the same."""
    return isinstance(body, Recovered) and body.cause == CAUSE_OWN_REVERT


def _confirmed_again(events: Sequence[Event]) -> set[int]:
    """Return the numbers of the events of a present fault that was confirmed again: the adjustment has a row."""
    periods: Periods = {}
    again: set[int] = set()
    for event in events:
        known = periods.get(event.body.fault, ()) if isinstance(event.body, FaultConfirmed) else ()
        if known and known[-1].end is None:
            again.add(event.seq)
        periods = fold_active_period(periods, event)
    return again


def _empty_reverts(events: Sequence[Event]) -> set[int]:
    """Return the numbers of the begins and ends of reverts in which there was nothing to revert."""
    empty: set[int] = set()
    for index, event in enumerate(events):
        if isinstance(event.body, RevertStarted) and not _faults_present(events[:index]):
            empty.add(event.seq)
    outcomes = [event.seq for event in of_type(events, FaultReverted, ForeignChangeKept)]
    since = 0
    for event in of_type(events, AllReverted):
        if not any(since < seq < event.seq for seq in outcomes):
            empty.add(event.seq)
        since = event.seq
    return empty


def _faults_present(events: Sequence[Event]) -> set[str]:
    """Return the markers of faults that may be present after these events."""
    ended = of_type(events, FaultEndedUnexpectedly, Removed, FaultEnded)
    faults = {marker for marker, intent in outstanding_intents(events).items() if not intent.is_silence}
    return faults - {event.body.marker for event in ended}
