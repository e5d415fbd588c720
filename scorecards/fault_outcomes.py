"""Each fault of a drill: what it was, how long it stood, whether it could be felt. A turned one is the same fault."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from gameday.events import Event, of_kind, read_plan
from gameday.events.access import flag, integer, number, text

EXTERNAL_CAUSE = "people, or what came over the target, and not by us"


@dataclass(frozen=True, slots=True)
class FaultOutcome:
    """One fault: `effect` is seen, not seen, not judged (cut short) or not expected; `stood`: seconds from read back
    as there, the first time, until it had ended, whatever ended it; `turned`: how often the facilitator turned its
    dial; `undone_by`: the action that ended it, or `the fault ID` of ours that took it with it; `left`: why it was left
    as somebody made it. Both are empty where it was not so."""

    id: str
    kind: str
    target: str
    effect: str
    signal: str
    value: float | None
    n: int
    stood: float | None
    lapsed: bool
    turned: int = 0
    undone_by: str = ""
    left: str = ""


def faults(events: Sequence[Event]) -> tuple[FaultOutcome, ...]:
    """Those that stood, in order."""
    stood: dict[str, list[Event]] = {}
    for event in of_kind(events, "fault"):
        stood.setdefault(text(event.data, "fault"), []).append(event)
    return tuple(_fault(events, each) for each in stood.values())


def _fault(events: Sequence[Event], stood: Sequence[Event]) -> FaultOutcome:
    """`stood`: its first apply, and one more for each turn of its dial."""
    first, name = stood[0], text(stood[0].data, "fault")
    marks = {text(event.data, "marker") for event in stood}
    gone = end_times(events)
    effect = next((e for e in of_kind(events, "effect") if text(e.data, "fault") == name), None)
    return FaultOutcome(
        name, text(first.data, "fault_kind"), text(first.data, "target"), _effect(events, name, effect),
        text(effect.data, "signal") if effect else "", number(effect.data, "value") if effect else None,
        integer(effect.data, "n") if effect else 0,
        max(gone[mark] for mark in marks) - first.happened if marks <= set(gone) else None,
        any(text(e.data, "marker") in marks for e in of_kind(events, "lapsed")), len(stood) - 1,
        _undone_by(events, marks), _left(events, marks),
    )  # fmt: skip


def end_times(events: Sequence[Event]) -> dict[str, float]:
    """Mark -> monotonic seconds at which what it marks had ended: at the first word of it, long before all is said to
    be taken back, where somebody else was quicker."""
    found: dict[str, float] = {}
    for event in of_kind(events, "lapsed", "removed", "fault-reverted", "fault-kept"):
        mark = text(event.data, "marker")
        found[mark] = min(event.happened, found.get(mark, event.happened))
    return found


def _undone_by(events: Sequence[Event], marks: Set[str]) -> str:
    found = [e.data for e in of_kind(events, "removed") if text(e.data, "marker") in marks]
    fault = text(found[0], "by_fault") if found else ""
    otherwise = EXTERNAL_CAUSE if found and "reason" in found[0] and not _left(events, marks) else ""
    if found and flag(found[0], "by_responders"):
        return "the responders"
    return f"the fault {fault}" if fault else (text(found[0], "by_action") or otherwise) if found else ""


def _left(events: Sequence[Event], marks: Set[str]) -> str:
    return next((text(e.data, "reason") for e in of_kind(events, "fault-kept") if text(e.data, "marker") in marks), "")


def _effect(events: Sequence[Event], name: str, effect: Event | None) -> str:
    if effect is not None:
        return "seen" if flag(effect.data, "seen") else "not seen"
    hoped = any(one.id == name and one.effect for one in read_plan(events).faults)
    return "not judged" if hoped else "not expected"
