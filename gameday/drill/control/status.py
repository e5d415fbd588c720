"""Answer to `gameday status`: the responders' view, and with the token the facilitator's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gameday.drill.facilitator import timebox_end
from gameday.drill.log import Log
from gameday.drill.reading_collector import ReadingCollector
from gameday.events import EVENT_TYPES, EVERYONE, Applied, Event, Pane, format_plain, of_type
from gameday.model import Plan
from gameday.store.outstanding import outstanding_intents, owed_cleanups


def build_status(plan: Plan, log: Log, collector: ReadingCollector, now: float, *, full: bool) -> dict[str, Any]:
    """Return the status, times in seconds since the start; without `full` only what responders see anyway."""
    state, events = log.state, list(log.events)
    start = state.started_at
    shown = {
        moment.value: round(at - start, 1)
        for moment, at in state.moments.items()
        if start is not None and (full or EVENT_TYPES[moment].audience is EVERYONE)
    }
    answer: dict[str, Any] = {
        "drill": plan.drill, "environment": plan.environment.name, "mode": plan.mode.value,
        "phase": state.phase.value, "paused": state.interventions.paused_at is not None,
        "since_start": None if start is None else round(now - start, 1),
        "to_timebox": None if start is None else round(timebox_end(plan, state) - now, 1), "moments": shown,
        "pages": _texts(events, Pane.PAGE), "messages": _texts(events, Pane.MESSAGE),
        "received": list(_received(events, start)),
    }  # fmt: skip
    return {**answer, **_facilitators(log, collector, now)} if full else answer


def _texts(events: Sequence[Event], pane: Pane) -> list[str]:
    return [format_plain(event.body.responder_text()) for event in events if event.body.pane is pane]


def _received(events: Sequence[Event], start: float | None) -> Iterator[dict[str, Any]]:
    """Yield the pages and messages that responders got, each with its sender and time."""
    for event in events:
        if event.body.pane in (Pane.PAGE, Pane.MESSAGE):
            text = format_plain(event.body.responder_text())
            at = None if start is None else round(event.happened - start, 1)
            yield {"at": at, "page": event.body.pane is Pane.PAGE, "sender": event.body.sender(), "text": text}


def _facilitators(log: Log, collector: ReadingCollector, now: float) -> dict[str, Any]:
    applied = {event.body.marker: event.at for event in of_type(log.events, Applied)}
    faults = [
        {
            "target_text": intent.target_text,
            "guarantee": intent.auto_revert,
            "since": round(now - applied[intent.marker], 1),
        }
        for intent in outstanding_intents(log.events).values()
        if intent.marker in applied
    ]
    signals = {
        name: {
            "value": series.last.value if series.last else None,
            "kind": series.kind.value,
            "read": series.last is not None,
        }
        for name, series in collector.series.items()
    }
    not_undone = [f"{owed.reason}; by hand: {owed.instruction}" for owed in owed_cleanups(log.events)]
    return {"faults": faults, "signals": signals, "not_undone": not_undone}
