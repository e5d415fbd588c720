"""The last lines of a drill's log when its owner did not come to write them."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import Draft
from gameday.model import EndReason, Event, Phase, Source

_SAID = frozenset({"halt", "stop", "signal", "breach"})


def reverted(events: Sequence[Event], seconds: float, source: Source = Source.RUNNER) -> Draft:
    """All is gone; `why` where it went with what held it, so that nobody takes it for a target that is well."""
    whys = dict.fromkeys(str(event.data["why"]) for event in events if event.kind == "gone" and "why" in event.data)
    return Draft("reverted", {"seconds": seconds, **({"why": "; ".join(whys)} if whys else {})}, source=source)


def last_lines(events: Sequence[Event], why: str, source: Source) -> list[Draft]:
    """Halted, if nothing said so yet; ENDEX; the phase done. Nothing for a drill that has its end."""
    kinds = {event.kind for event in events}
    if "end" in kinds:
        return []
    phases = [str(event.data["after"]) for event in events if event.kind == "phase"]
    before = phases[-1] if phases else Phase.PLANNED.value
    halt = [] if kinds & _SAID else [Draft("halt", {"why": why}, source=source)]
    return [
        *halt,
        Draft("end", {"reason": EndReason.HALTED.value, "say": why}, source=source),
        Draft("phase", {"before": before, "after": Phase.DONE.value}, source=source),
    ]
