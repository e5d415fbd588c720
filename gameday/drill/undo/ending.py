"""The last lines of a drill's log when its owner did not come to write them."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import Draft
from gameday.model import EndReason, Event, Json, Phase, Source

_SAID = frozenset({"halt", "stop", "signal", "breach"})


def reverted(events: Sequence[Event], now: float, source: Source = Source.RUNNER) -> Draft:
    """No fault stands any more. `why` where it went with what held it, so that nobody takes it for a target that is
    well; `left`: why each was left that people had changed. `now`: monotonic seconds, counted from the first try."""
    data: dict[str, Json] = {"seconds": round(max(0.0, now - _began(events, now)), 6)}
    if whys := dict.fromkeys(
        str(event.data["why"]) for event in events if event.kind == "gone" and "why" in event.data
    ):
        data["why"] = "; ".join(whys)
    if left := [str(event.data["why"]) for event in events if event.kind == "left"]:
        data["left"] = [*left]
    return Draft("reverted", data, source=source)


def _began(events: Sequence[Event], now: float) -> float:
    """When the first revert began, in this boot of the machine: seconds of another one do not compare."""
    boot = events[-1].boot if events else ""
    return next((e.happened for e in events if e.kind == "reverting" and e.boot == boot), now)


def first_lines(events: Sequence[Event], why: str, source: Source) -> list[Draft]:
    """Everything is being put back; the phase says so too, for every screen that is still looked at."""
    before = _phase(events)
    changed = {"before": before.value, "after": Phase.REVERTING.value}
    phase = [Draft("phase", changed, source=source)] if before in (Phase.PREFLIGHT, Phase.RUNNING) else []
    return [*phase, Draft("reverting", {"why": why}, source=source)]


def last_lines(events: Sequence[Event], why: str, source: Source) -> list[Draft]:
    """Halted, if nothing said so yet; ENDEX; the phase done. Nothing for a drill that has its end."""
    kinds = {event.kind for event in events}
    if "end" in kinds:
        return []
    halt = [] if kinds & _SAID else [Draft("halt", {"why": why}, source=source)]
    return [
        *halt,
        Draft("end", {"reason": EndReason.HALTED.value, "say": why}, source=source),
        Draft("phase", {"before": _phase(events).value, "after": Phase.DONE.value}, source=source),
    ]


def _phase(events: Sequence[Event]) -> Phase:
    return Phase(next((str(e.data["after"]) for e in reversed(events) if e.kind == "phase"), Phase.PLANNED))
