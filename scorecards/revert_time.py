"""Time that the program took to revert everything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from gameday.events import AllReverted, Event, FaultReverted, ForeignChangeKept, RevertStarted, of_type
from gameday.moments import Moment
from gameday.scorecards.time_measurement import ResponseTime, measured_time, missing_time


def measure_revert(events: Sequence[Event]) -> ResponseTime:
    """Measure how long the program took to revert everything, the last time that anything was reverted."""
    name, meaning = "revert", "from the last revert until every fault was reverted and verified"
    reverts = _reverts(events)
    if not reverts:
        return missing_time(name, meaning, Moment.REVERTED, Moment.REVERTED, Moment.REVERTED)
    begun, reverted = next((revert for revert in reversed(reverts) if _reverts_any(events, *revert)), reverts[-1])
    if reverted.body.kept or reverted.body.reason:
        meaning = "from the last revert until no fault was active"
    recorded = reverted.body.seconds  # the figure that everyone saw then
    seconds = reverted.happened - begun.happened if recorded is None else recorded
    return measured_time(name, meaning, "reverting", Moment.REVERTED, seconds, False)


def _reverts(events: Sequence[Event]) -> list[tuple[Event[RevertStarted], Event[AllReverted]]]:
    """Return begin and end of each revert of everything: STOP reverts, and after a resume so does the end."""
    reverts: list[tuple[Event[RevertStarted], Event[AllReverted]]] = []
    begun: Event[RevertStarted] | None = None
    for event in of_type(events, RevertStarted, AllReverted):
        if isinstance(event.body, RevertStarted):
            begun = begun or cast("Event[RevertStarted]", event)
        elif begun is not None:
            reverts, begun = [*reverts, (begun, cast("Event[AllReverted]", event))], None
    return reverts


def _reverts_any(events: Sequence[Event], begun: Event, ended: Event) -> bool:
    outcomes = of_type(events, FaultReverted, ForeignChangeKept)
    return any(begun.seq < event.seq < ended.seq for event in outcomes)
