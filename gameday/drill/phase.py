"""The one place that changes a drill's phase."""

from __future__ import annotations

from gameday.drill.log import Log
from gameday.events import NewEvent, PhaseChanged
from gameday.model import Phase

_NEXT = {
    Phase.PLANNED: {Phase.PREFLIGHT, Phase.DONE},
    Phase.PREFLIGHT: {Phase.RUNNING, Phase.REVERTING, Phase.DONE},
    Phase.RUNNING: {Phase.REVERTING},
    Phase.REVERTING: {Phase.DONE, Phase.STUCK},
    Phase.STUCK: {Phase.DONE},
    Phase.DONE: set[Phase](),
}


def change_phase(log: Log, after: Phase) -> None:
    """Append the change; raises ValueError for one that cannot be."""
    before = log.state.phase
    if after not in _NEXT[before]:
        raise ValueError(f"a drill cannot go from {before} to {after}")
    log.append(NewEvent(PhaseChanged(before, after)))
