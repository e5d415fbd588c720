"""Where a drill's own hand ended the users' trouble: from there on, a time is only known to be longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.model import Event
from gameday.scorecards.look import first, last, text

_BY = {
    "lapsed": "the fault went by itself",
    "breach": "ended by a guardrail",
    "stop": "ended by STOP",
    "halt": "ended by a halt",
    "signal": "ended by hand",
    "reverting": "ended by our own revert",
    "gone": "ended by our own revert",
    "end": "ended by the end of the drill",
}


@dataclass(frozen=True, slots=True)
class Cut:
    """Monotonic seconds at which something of ours ended the trouble, and what it was, in words."""

    at: float
    by: str


def cut(events: Sequence[Event]) -> Cut | None:
    """The earliest thing that was ours: a lapsed fault (a restarted proxy, a lost lease), a halt, a revert that did
    take something back."""
    undone = first(events, "gone", "left") is not None
    found = first(events, *(kind for kind in _BY if undone or kind != "reverting"))
    if found is None:
        return None
    if found.kind == "lapsed":
        return Cut(found.happened, text(found.data, "why") or _BY["lapsed"])
    if found.kind in ("reverting", "gone", "end") and _timebox(events):
        return Cut(found.happened, "ended by the timebox")
    return Cut(found.happened, _BY[found.kind])


def _timebox(events: Sequence[Event]) -> bool:
    end = last(events, "end")
    return end is not None and text(end.data, "reason") == "timebox"
