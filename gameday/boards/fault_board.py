"""Each fault of a drill as its events describe it: its phase, and what would revert it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gameday.events.access import text
from gameday.model import Event, Json, Plan, PlannedFault
from gameday.units import format_parameters


class FaultPhase(StrEnum):
    """Phase of a fault, from its schedule to its revert."""

    SCHEDULED = "scheduled"
    APPLYING = "being applied"
    ACTIVE = "active"
    UNKNOWN = "possibly active"
    REFUSED = "refused"
    LAPSED = "ended unexpectedly"
    ENDED_BY_ACTION = "ended by an action"
    REVERT_PENDING = "NOT reverted yet"
    LEFT_UNCHANGED = "left as people changed it"
    CLOSED_BY_HAND = "closed by hand"
    REVERTED = "reverted"


ACTIVE_PHASES = frozenset(
    {FaultPhase.APPLYING, FaultPhase.ACTIVE, FaultPhase.UNKNOWN, FaultPhase.REVERT_PENDING}
)  # fmt: skip
"""Phases in which the fault has yet to be reverted."""


@dataclass(slots=True)
class FaultStatus:
    """One fault. `since` and `until` are CLOCK_MONOTONIC.

    `marker` is that of its latest apply: an adjusted fault has a new one.
    """

    fault: str
    kind: str
    target: str
    params: str
    phase: FaultPhase = FaultPhase.SCHEDULED
    since: float | None = None
    until: float | None = None
    touches: str = ""
    reverts: str = ""
    behind: str = ""
    why: str = ""
    marker: str = ""


class FaultBoard:
    """Status of every fault, in the order of the plan."""

    def __init__(self, plan: Plan) -> None:
        self.all = {planned.fault.id: _scheduled_status(planned) for planned in plan.faults}
        self._faults_by_marker: dict[str, str] = {}

    def event(self, event: Event) -> None:
        if event.kind == "intended":
            self._record_intent(event.data.get("intent"))
        status = self._find(event)
        if status is None or event.kind not in _PHASES:
            return
        if text(event.data, "mark") not in ("", status.fault, status.marker):
            return  # an earlier apply of a fault that was adjusted since: the fault itself is still active
        status.phase = _PHASES[event.kind]
        status.why = text(event.data, "why")
        if event.kind in ("applied", "fault", "unknown") and status.since is None:
            status.since = event.happened
        if status.phase not in ACTIVE_PHASES and status.until is None:
            status.until = event.happened

    def _record_intent(self, intent: Json) -> None:
        status = self.all.get(text(intent, "fault")) if isinstance(intent, dict) else None
        if status is None or not isinstance(intent, dict):
            return
        status.phase, status.marker = FaultPhase.APPLYING, text(intent, "mark")
        self._faults_by_marker[status.marker] = status.fault
        status.touches, status.reverts = text(intent, "touches"), text(intent, "reverts")
        status.behind = text(intent, "behind")
        params = intent.get("params")
        status.params = format_parameters(params) if isinstance(params, dict) else status.params

    def _find(self, event: Event) -> FaultStatus | None:
        """Return the fault that an event names by marker; a refusal without an intent names it by id."""
        marker = text(event.data, "mark")
        by_marker = self.all.get(self._faults_by_marker.get(marker, marker))
        return by_marker or self.all.get(text(event.data, "fault"))


def _scheduled_status(planned: PlannedFault) -> FaultStatus:
    fault = planned.fault
    return FaultStatus(fault.id, fault.kind, fault.target, format_parameters(fault.params))


_PHASES = {
    "applied": FaultPhase.ACTIVE,
    "fault": FaultPhase.ACTIVE,
    "unknown": FaultPhase.UNKNOWN,
    "refused": FaultPhase.REFUSED,
    "lapsed": FaultPhase.LAPSED,
    "undone": FaultPhase.ENDED_BY_ACTION,
    "not-yet": FaultPhase.REVERT_PENDING,
    "gone": FaultPhase.REVERTED,
    "left": FaultPhase.LEFT_UNCHANGED,
    "given-up": FaultPhase.CLOSED_BY_HAND,
}
