"""What `gameday status` is told: the responders' view, and with the token the facilitator's."""

from __future__ import annotations

from typing import Any

from gameday.drill.facilitator import timebox_at
from gameday.drill.log import Log
from gameday.drill.reading_collector import ReadingCollector
from gameday.events import MESSAGES, PAGES, RESPONDER_VISIBLE_KINDS
from gameday.model import Plan
from gameday.store.outstanding import outstanding


def status(plan: Plan, log: Log, gauges: ReadingCollector, now: float, *, full: bool) -> dict[str, Any]:
    """Times in seconds since STARTEX. Without `full` nothing that responders do not see anyway."""
    state, events = log.state, list(log.events)
    start = state.startex
    shown = {
        moment.value: round(at - start, 1)
        for moment, at in state.moments.items()
        if start is not None and (full or moment.value in RESPONDER_VISIBLE_KINDS)
    }
    found: dict[str, Any] = {
        "drill": plan.drill, "environment": plan.environment.name, "mode": plan.mode.value,
        "phase": state.phase.value, "paused": state.hands.paused is not None,
        "since_startex": None if start is None else round(now - start, 1),
        "to_timebox": None if start is None else round(timebox_at(plan, state) - now, 1), "moments": shown,
        "pages": [str(event.data["say"]) for event in events if event.kind in PAGES],
        "messages": [said for event in events if event.kind in MESSAGES and (said := str(event.data.get("say", "")))],
    }  # fmt: skip
    return {**found, **_facilitators(log, gauges, now)} if full else found


def _facilitators(log: Log, gauges: ReadingCollector, now: float) -> dict[str, Any]:
    applied = {str(event.data["mark"]): event.at for event in log.events if event.kind == "applied"}
    faults = [
        {
            "touches": intent.target_text,
            "behind": intent.guarantee.value,
            "since": round(now - applied[intent.marker], 1),
        }
        for intent in outstanding(log.events).values()
        if intent.marker in applied
    ]
    signals = {
        name: {"value": series.last.value if series.last else None, "kind": series.kind.value}
        for name, series in gauges.series.items()
    }
    return {"faults": faults, "signals": signals}
