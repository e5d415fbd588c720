"""Last events of a drill whose owner did not write them."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import (
    AllReverted,
    Ended,
    Event,
    FaultReverted,
    ForeignChangeKept,
    GuardrailBroken,
    Halted,
    Interrupted,
    NewEvent,
    PhaseChanged,
    RevertStarted,
    final_stops,
    has_any,
    last_of,
    of_type,
)
from gameday.model import EndReason, Phase, Source
from gameday.store.outstanding import outstanding_intents

_HALTS = (Halted, Interrupted, GuardrailBroken)


def reverted_event(events: Sequence[Event], now: float) -> NewEvent:
    """Return the event of all faults removed.

    It says why a fault ended with its target, so that nobody takes that target for healthy, and why faults were kept
    that people had changed. `now`: monotonic seconds, counted from the first revert.
    """
    seconds = round(max(0.0, now - _began(events, now)), 6)
    lost = dict.fromkeys(event.body.reason for event in of_type(events, FaultReverted) if event.body.reason)
    reasons = tuple(event.body.reason for event in of_type(events, ForeignChangeKept))
    return NewEvent(AllReverted(seconds, "; ".join(lost), reasons))


def _began(events: Sequence[Event], now: float) -> float:
    """Return when the first revert after the last one that ended began in this boot.

    Times of another boot do not compare."""
    boot, last = events[-1].boot if events else "", last_of(events, AllReverted)
    done = last.seq if last else 0
    return next((e.happened for e in of_type(events, RevertStarted) if e.boot == boot and e.seq > done), now)


def takeover_events(events: Sequence[Event], why: str) -> list[NewEvent]:
    """Return the start of the revert; its phase tells every screen that is still open."""
    before = _phase(events)
    changed = NewEvent(PhaseChanged(before, Phase.REVERTING))
    phase = [changed] if before in (Phase.PREFLIGHT, Phase.RUNNING) else []
    faults = [intent for intent in outstanding_intents(events).values() if not intent.is_silence]
    return [*phase, NewEvent(RevertStarted(why, len(faults)))]


def closing_events(events: Sequence[Event], why: str, source: Source = Source.RUNNER) -> list[NewEvent]:
    """Return the halt if none is recorded, the end and the phase; nothing for a drill that has ended."""
    if has_any(events, Ended):
        return []
    halt = [] if has_any(events, *_HALTS) or final_stops(events) else [NewEvent(Halted(why), source=source)]
    return [
        *halt,
        NewEvent(Ended(EndReason.HALTED, why), source=source),
        NewEvent(PhaseChanged(_phase(events), Phase.DONE), source=source),
    ]


def _phase(events: Sequence[Event]) -> Phase:
    last = last_of(events, PhaseChanged)
    return last.body.after if last else Phase.PLANNED
