"""Where a drill's own hand ended the users' trouble: from there on, a time is only known to be longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gameday.events import Event, first, last, of_kind
from gameday.events.access import text

ADJUSTED = "measured until the fault was turned"
_BY = {
    "lapsed": "the fault went by itself",
    "adjusted": ADJUSTED,
    "fault-end": "the fault ended as planned",
    "removed": "a later fault of ours took the first with it",
    "guardrail-breach": "ended by a guardrail",
    "stop": "ended by STOP",
    "halt": "ended by a halt",
    "interrupted": "ended by hand",
    "reverting": "ended by our own revert",
    "fault-reverted": "ended by our own revert",
    "end": "ended by the end of the drill",
}


@dataclass(frozen=True, slots=True)
class Intervention:
    """Monotonic seconds at which something of ours ended the trouble, and what it was, in words."""

    at: float
    by: str


def first_intervention(events: Sequence[Event]) -> Intervention | None:
    """The earliest thing that was ours: a fault that took another with it, a lapsed fault (a restarted proxy, a
    lost lease), a halt, a revert that did take something back."""
    back = first(events, "fault-reverted", "fault-kept") is not None
    ours = [event for event in _without_planned_ends(events) if event.kind != "removed" or "by_fault" in event.data]
    found = first(ours, *(kind for kind in _BY if back or kind != "reverting"))  # an action is the responders'
    if found is None:
        return None
    if found.kind == "lapsed":
        return Intervention(found.happened, text(found.data, "reason") or _BY["lapsed"])
    if found.kind in ("reverting", "fault-reverted", "end") and _timebox(events):
        return Intervention(found.happened, "ended by the timebox")
    return Intervention(found.happened, _BY[found.kind])


def _without_planned_ends(events: Sequence[Event]) -> list[Event]:
    """The events without what ended as planned and did not restore service: where an action came after it, the outage
    outlived its fault."""
    ends = list(of_kind(events, "fault-end"))
    acted = last(events, "action-started")
    outlived = bool(ends) and acted is not None and acted.happened >= ends[-1].happened
    markers = {text(end.data, "marker") for end in ends}
    return [
        event
        for event in events
        if not (event.kind == "fault-reverted" and text(event.data, "marker") in markers)
        and not (event.kind == "fault-end" and outlived)
    ]


_PAUSE_KINDS = {"paused": "ended by a pause", "suspended": "the machine slept"}


def first_pause(events: Sequence[Event], start: float, end: float) -> Intervention | None:
    """The first pause or sleep of the machine between two times (monotonic seconds): what was timed over it is only
    known to be longer."""
    found = first([event for event in events if start < event.happened < end], *_PAUSE_KINDS)
    return Intervention(found.happened, _PAUSE_KINDS[found.kind]) if found else None


def running_intervals(events: Sequence[Event], start: float, end: float) -> list[tuple[float, float]]:
    """The parts of a time in which the drill went on: pauses are cut out of it, and it is cut where the machine
    slept."""
    parts: list[tuple[float, float]] = []
    since: float | None = start
    for event in sorted(of_kind(events, "paused", "resumed", "suspended"), key=lambda one: one.happened):
        at = min(max(event.happened, start), end)
        if event.kind == "resumed":
            since = at if since is None else since
        elif since is not None:
            parts.append((since, at))
            since = at if event.kind == "suspended" else None
    parts += [(since, end)] if since is not None else []
    return [(begun, until) for begun, until in parts if until > begun]


def paused(events: Sequence[Event], start: float, end: float) -> float:
    """Seconds of pauses between two times; one that was not ended lasts until then."""
    total, since = 0.0, None
    for event in of_kind(events, "paused", "resumed"):
        if event.kind == "paused":
            since = event.happened if since is None else since
        elif since is not None:
            total, since = total + _shared(since, event.happened, start, end), None
    return total if since is None else total + _shared(since, end, start, end)


def _shared(begin: float, until: float, start: float, end: float) -> float:
    return max(0.0, min(until, end) - max(begin, start))


def _timebox(events: Sequence[Event]) -> bool:
    end = last(events, "end")
    return end is not None and text(end.data, "reason") == "timebox"
