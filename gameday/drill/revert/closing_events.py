"""The last lines of a drill's log when its owner did not come to write them."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import NewEvent
from gameday.model import EndReason, Event, Json, Phase, Source

_HALT_KINDS = frozenset({"halt", "stop", "signal", "breach"})


def reverted_event(events: Sequence[Event], now: float, source: Source = Source.RUNNER) -> NewEvent:
    """No fault stands any more. `why` where it went with what held it, so that nobody takes it for a target that is
    well; `left`: why each was left that people had changed. `now`: monotonic seconds, counted from the first try."""
    data: dict[str, Json] = {"seconds": round(max(0.0, now - _began(events, now)), 6)}
    if whys := dict.fromkeys(
        str(event.data["why"]) for event in events if event.kind == "gone" and "why" in event.data
    ):
        data["why"] = "; ".join(whys)
    if left := [str(event.data["why"]) for event in events if event.kind == "left"]:
        data["left"] = [*left]
    return NewEvent("reverted", data, source=source)


def _began(events: Sequence[Event], now: float) -> float:
    """When the first revert began, in this boot of the machine: seconds of another one do not compare."""
    boot = events[-1].boot if events else ""
    return next((e.happened for e in events if e.kind == "reverting" and e.boot == boot), now)


def takeover_events(events: Sequence[Event], why: str, source: Source) -> list[NewEvent]:
    """Everything is being put back; the phase says so too, for every screen that is still looked at."""
    before = _phase(events)
    changed = {"before": before.value, "after": Phase.REVERTING.value}
    phase = [NewEvent("phase", changed, source=source)] if before in (Phase.PREFLIGHT, Phase.RUNNING) else []
    return [*phase, NewEvent("reverting", {"why": why}, source=source)]


def closing_events(events: Sequence[Event], why: str, source: Source) -> list[NewEvent]:
    """Halted, if nothing said so yet; ENDEX; the phase done. Nothing for a drill that has its end."""
    kinds = {event.kind for event in events}
    if "end" in kinds:
        return []
    halt = [] if kinds & _HALT_KINDS else [NewEvent("halt", {"why": why}, source=source)]
    return [
        *halt,
        NewEvent("end", {"reason": EndReason.HALTED.value, "say": why}, source=source),
        NewEvent("phase", {"before": _phase(events).value, "after": Phase.DONE.value}, source=source),
    ]


def _phase(events: Sequence[Event]) -> Phase:
    return Phase(next((str(e.data["after"]) for e in reversed(events) if e.kind == "phase"), Phase.PLANNED))
