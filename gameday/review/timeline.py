"""The rows of a timeline: the most telling events of a drill, from before the fault until after its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import (
    CAUSE_OWN_REVERT,
    ActionFinished,
    AllReverted,
    Body,
    Event,
    FaultConfirmed,
    Intended,
    Recovered,
    RevertStarted,
    SignalKinds,
    SteadyStateChecked,
    has_any,
    of_kind,
    of_type,
    reference_time,
)
from gameday.review.document import render_text
from gameday.review.event_text import format_clock, format_offset, format_source

ROWS = 15

_BY_IMPORTANCE = (
    "fault", "adjusted", "lapsed", "removed", "fault-end", "stop", "guardrail-breach", "halt", "interrupted",
    "impact", "mitigated", "recovered", "end", "alert", "action-finished", "steady-state", "theory", "declared",
    "update", "acknowledged", "ic-announced", "decision", "reverting", "help", "given-up", "hint", "paged", "start",
    "hint-whispered", "assembled", "reverted", "guardrail-warning", "message", "fault-kept", "prediction", "effect",
    "note", "paused", "resumed", "suspended", "extended", "revealed", "page-escalated", "mitigation-reported",
)  # fmt: skip
_REPEATED = 4
"""Places by which the second and later events of a kind rank lower."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: UTC clock, offset from the fault, the event, its source."""

    clock: str
    offset: str
    event: str
    source: str


def timeline_rows(events: Sequence[Event], kinds: SignalKinds, limit: int = ROWS) -> tuple[Row, ...]:
    """Return the rows in order of happening; never two that say the same in the same second."""
    start = reference_time(events)
    chosen = sorted(_choose(events, limit), key=lambda event: (event.happened, event.seq))
    rows = [
        Row(
            format_clock(e), format_offset(e.happened - start), render_text(e.body.review_text(kinds)), format_source(e)
        )
        for e in chosen
    ]
    return tuple({(row.clock, row.event): row for row in rows}.values())


def _choose(events: Sequence[Event], limit: int) -> list[Event]:
    """Choose the most important events; of a kind the first one, as in the figures, but each action for itself."""
    again, is_untouched = _confirmed_again(events), not has_any(events, Intended)
    candidates = [
        event
        for event in of_kind(events, *_BY_IMPORTANCE)
        if event.seq not in again
        and not (isinstance(event.body, RevertStarted | AllReverted) and is_untouched)
        and not _is_own_recovery(event.body)
        and event.body.review_text({})
    ]
    ranked: list[tuple[int, float, int, Event]] = []
    counts: dict[tuple[str, str], int] = {}
    for event in sorted(candidates, key=lambda event: (event.happened, event.seq)):
        key = (event.kind, _distinction(event.body))
        counts[key] = counts.get(key, 0) + 1
        rank = _BY_IMPORTANCE.index(event.kind) + _REPEATED * (counts[key] - 1)
        ranked.append((rank, event.happened, event.seq, event))
    return [event for *_, event in sorted(ranked, key=lambda item: item[:3])[:limit]]


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
    """Return the numbers of the events of a fault that was confirmed again: the adjustment has a row."""
    seen: set[str] = set()
    again: set[int] = set()
    for event in of_type(events, FaultConfirmed):
        if event.body.fault in seen:
            again.add(event.seq)
        seen.add(event.body.fault)
    return again
