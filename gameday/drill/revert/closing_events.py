"""The last lines of a drill's log when its owner did not come to write them."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import (
    AllReverted,
    Ended,
    Event,
    FaultKept,
    FaultReverted,
    GuardrailBroken,
    Halted,
    Interrupted,
    NewEvent,
    PhaseChanged,
    RevertBegun,
    Stopped,
    has_any,
    last_of,
    of_type,
)
from gameday.model import EndReason, Phase, Source

_HALTS = (Halted, Stopped, Interrupted, GuardrailBroken)


def reverted_event(events: Sequence[Event], now: float, source: Source = Source.RUNNER) -> NewEvent:
    """No fault stands any more. `why` where it went with what held it, so that nobody takes it for a target that is
    well; `left`: why each was left that people had changed. `now`: monotonic seconds, counted from the first try."""
    seconds = round(max(0.0, now - _began(events, now)), 6)
    lost = dict.fromkeys(event.body.reason for event in of_type(events, FaultReverted) if event.body.reason)
    kept = tuple(event.body.reason for event in of_type(events, FaultKept))
    return NewEvent(AllReverted(seconds, "; ".join(lost), kept), source=source)


def _began(events: Sequence[Event], now: float) -> float:
    """When the first revert began, in this boot of the machine: seconds of another one do not compare."""
    boot = events[-1].boot if events else ""
    return next((e.happened for e in of_type(events, RevertBegun) if e.boot == boot), now)


def takeover_events(events: Sequence[Event], why: str, source: Source) -> list[NewEvent]:
    """Everything is being put back; the phase says so too, for every screen that is still looked at."""
    before = _phase(events)
    changed = NewEvent(PhaseChanged(before, Phase.REVERTING), source=source)
    phase = [changed] if before in (Phase.PREFLIGHT, Phase.RUNNING) else []
    return [*phase, NewEvent(RevertBegun(why), source=source)]


def closing_events(events: Sequence[Event], why: str, source: Source) -> list[NewEvent]:
    """Halted, if nothing said so yet; ENDEX; the phase done. Nothing for a drill that has its end."""
    if has_any(events, Ended):
        return []
    halt = [] if has_any(events, *_HALTS) else [NewEvent(Halted(why), source=source)]
    return [
        *halt,
        NewEvent(Ended(EndReason.HALTED, why), source=source),
        NewEvent(PhaseChanged(_phase(events), Phase.DONE), source=source),
    ]


def _phase(events: Sequence[Event]) -> Phase:
    last = last_of(events, PhaseChanged)
    return last.body.after if last else Phase.PLANNED
