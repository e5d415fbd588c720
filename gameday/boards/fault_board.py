"""Status of each fault of a drill: its phase, and the mechanism that reverts it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gameday.events import (
    Applied,
    ApplyRefused,
    ApplyUnknown,
    Body,
    Event,
    FaultConfirmed,
    FaultEnded,
    FaultEndedUnexpectedly,
    FaultEvent,
    FaultReverted,
    ForeignChangeKept,
    Intended,
    Removed,
    RevertAbandoned,
    RevertPending,
)
from gameday.model import Plan, PlannedFault
from gameday.plugins.types import Intent
from gameday.units import format_parameters

ShownEvent = FaultEvent | FaultConfirmed | Removed | FaultEnded


class FaultPhase(StrEnum):
    """Phase of a fault, from its schedule to its revert."""

    SCHEDULED = "scheduled"
    APPLYING = "being applied"
    ACTIVE = "active"
    UNKNOWN = "possibly active"
    REFUSED = "refused"
    LAPSED = "ended unexpectedly"
    REMOVED = "ended before its revert"
    ENDED = "ended as planned"
    REVERT_PENDING = "NOT reverted yet"
    LEFT_UNCHANGED = "left as people changed it"
    CLOSED_BY_HAND = "closed manually"
    REVERTED = "reverted"


_ENDED_PHASES = frozenset({FaultPhase.LAPSED, FaultPhase.REMOVED, FaultPhase.ENDED})
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
        match event.body:
            case Intended(intent=intent):
                self._record_intent(intent)
            case FaultEvent() | FaultConfirmed() | Removed() | FaultEnded():
                self._record_phase(event.happened, event.body)
            case _:
                pass

    def _record_intent(self, intent: Intent) -> None:
        status = self.all.get(intent.fault)
        if status is None:
            return
        if status.until is not None:  # it comes again
            status.since = status.until = None
        status.phase, status.marker = FaultPhase.APPLYING, intent.marker
        self._faults_by_marker[intent.marker] = intent.fault
        status.touches, status.reverts = intent.touched_text, intent.revert_text
        status.behind, status.params = intent.auto_revert, format_parameters(intent.params)

    def _record_phase(self, at: float, body: ShownEvent) -> None:
        status, phase = self._find(body), _PHASES.get(type(body))
        if status is None or phase is None or body.marker not in (status.fault, status.marker):
            return  # an earlier apply of a fault that was adjusted since: the fault itself is still active
        if phase is FaultPhase.REVERTED and status.phase in _ENDED_PHASES:
            return  # the revert only verified what had ended before
        status.phase, status.why = phase, _reason(body)
        if isinstance(body, Applied | FaultConfirmed | ApplyUnknown) and status.since is None:
            status.since = at
        if phase not in ACTIVE_PHASES and status.until is None:
            status.until = at

    def _find(self, body: ShownEvent) -> FaultStatus | None:
        """Return the fault that an event names by marker, or by id in a refusal."""
        return self.all.get(self._faults_by_marker.get(body.marker, body.marker))


def _reason(body: ShownEvent) -> str:
    match body:
        case Removed():
            return body.cause
        case FaultEvent(reason=reason):
            return reason
        case _:
            return ""


def _scheduled_status(planned: PlannedFault) -> FaultStatus:
    fault = planned.fault
    return FaultStatus(fault.id, fault.kind, fault.target, format_parameters(fault.params))


_PHASES: dict[type[Body], FaultPhase] = {
    Applied: FaultPhase.ACTIVE,
    FaultConfirmed: FaultPhase.ACTIVE,
    ApplyUnknown: FaultPhase.UNKNOWN,
    ApplyRefused: FaultPhase.REFUSED,
    FaultEndedUnexpectedly: FaultPhase.LAPSED,
    Removed: FaultPhase.REMOVED,
    FaultEnded: FaultPhase.ENDED,
    RevertPending: FaultPhase.REVERT_PENDING,
    FaultReverted: FaultPhase.REVERTED,
    ForeignChangeKept: FaultPhase.LEFT_UNCHANGED,
    RevertAbandoned: FaultPhase.CLOSED_BY_HAND,
}
