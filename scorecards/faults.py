"""Each fault of a drill: what it was, how long it stood, whether it could be felt. A turned one is the same fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.model import Event
from gameday.scorecards.look import flag, number, of_kind, planned, text, whole


@dataclass(frozen=True, slots=True)
class FaultStood:
    """One fault: `effect` is seen, not seen, not judged (cut short) or not expected; `stood`: seconds from read back
    as there, the first time, to gone for good; `turned`: how often the facilitator turned its dial."""

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


def faults(events: Sequence[Event]) -> tuple[FaultStood, ...]:
    """Those that stood, in order."""
    stood: dict[str, list[Event]] = {}
    for event in of_kind(events, "fault"):
        stood.setdefault(text(event.data, "fault"), []).append(event)
    return tuple(_fault(events, each) for each in stood.values())


def _fault(events: Sequence[Event], stood: Sequence[Event]) -> FaultStood:
    """`stood`: its first apply, and one more for each turn of its dial."""
    first, name = stood[0], text(stood[0].data, "fault")
    marks = {text(event.data, "mark") for event in stood}
    gone: dict[str, float] = {}
    for event in of_kind(events, "lapsed", "undone", "gone", "left"):
        gone.setdefault(text(event.data, "mark"), event.happened)
    effect = next((e for e in of_kind(events, "effect") if text(e.data, "fault") == name), None)
    return FaultStood(
        name, text(first.data, "kind"), text(first.data, "target"), _effect(events, name, effect),
        text(effect.data, "signal") if effect else "", number(effect.data, "value") if effect else None,
        whole(effect.data, "n") if effect else 0,
        max(gone[mark] for mark in marks) - first.happened if marks <= set(gone) else None,
        any(text(e.data, "mark") in marks for e in of_kind(events, "lapsed")), len(stood) - 1,
    )  # fmt: skip


def _effect(events: Sequence[Event], name: str, effect: Event | None) -> str:
    if effect is not None:
        return "seen" if flag(effect.data, "seen") else "not seen"
    hoped = any(text(one, "id") == name and one.get("expect") for one in planned(events).faults)
    return "not judged" if hoped else "not expected"
