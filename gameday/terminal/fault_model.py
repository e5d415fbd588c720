"""Each fault of a drill as its events have told it so far: where it is in its life, and what stands behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gameday.events.access import text
from gameday.model import Event, Json, Plan
from gameday.units import format_parameters


class FaultPhase(StrEnum):
    """Where a fault is. STANDS and NOT_YET_GONE are those that somebody must still take back."""

    TO_COME = "to come"
    INTENDED = "being applied"
    STANDS = "stands"
    UNKNOWN = "may stand"
    REFUSED = "refused"
    LAPSED = "went without us"
    UNDONE = "ended by an action"
    NOT_YET_GONE = "NOT taken back yet"
    LEFT = "left to people"
    GIVEN_UP = "closed by hand"
    GONE = "taken back"


AT_WORK = frozenset({FaultPhase.INTENDED, FaultPhase.STANDS, FaultPhase.UNKNOWN, FaultPhase.NOT_YET_GONE})


@dataclass(slots=True)
class FaultModel:
    """`start`: seconds after STARTEX at which it is planned. `since` and `until` are CLOCK_MONOTONIC."""

    fault: str
    kind: str
    target: str
    params: str
    life: FaultPhase = FaultPhase.TO_COME
    since: float | None = None
    until: float | None = None
    touches: str = ""
    reverts: str = ""
    behind: str = ""
    why: str = ""
    mark: str = ""
    """Of its latest apply: a turned fault has a new one."""


class FaultModels:
    """Fed with every event; `all` holds the faults in the order of the plan."""

    def __init__(self, plan: Plan) -> None:
        self.all = {
            one.fault.id: FaultModel(one.fault.id, one.fault.kind, one.fault.target, _params(one.fault.params))
            for one in plan.faults
        }
        self._marks: dict[str, str] = {}

    def event(self, event: Event) -> None:
        if event.kind == "intended":
            self._intended(event)
        found = self._meant(event)
        if found is None or event.kind not in _LIVES or text(event.data, "mark") not in ("", found.fault, found.mark):
            return  # what a turned fault was before is taken back: it stands all the same
        found.life = _LIVES[event.kind]
        found.why = text(event.data, "why")
        if event.kind in ("applied", "fault", "unknown") and found.since is None:
            found.since = event.happened
        if found.life not in AT_WORK and found.until is None:
            found.until = event.happened

    def _intended(self, event: Event) -> None:
        intent = event.data.get("intent")
        found = self.all.get(text(intent, "fault")) if isinstance(intent, dict) else None
        if found is None or not isinstance(intent, dict):
            return
        self._marks[text(intent, "mark")] = found.fault
        found.touches, found.reverts = text(intent, "touches"), text(intent, "reverts")
        found.behind, found.life, found.mark = text(intent, "behind"), FaultPhase.INTENDED, text(intent, "mark")
        params = intent.get("params")
        found.params = _params(params) if isinstance(params, dict) else found.params

    def _meant(self, event: Event) -> FaultModel | None:
        """The fault an event speaks of, by its mark; a refusal before any intent speaks of the fault by its id."""
        mark = text(event.data, "mark")
        return self.all.get(self._marks.get(mark, mark)) or self.all.get(text(event.data, "fault"))


_LIVES = {
    "applied": FaultPhase.STANDS,
    "fault": FaultPhase.STANDS,
    "unknown": FaultPhase.UNKNOWN,
    "refused": FaultPhase.REFUSED,
    "lapsed": FaultPhase.LAPSED,
    "undone": FaultPhase.UNDONE,
    "not-yet": FaultPhase.NOT_YET_GONE,
    "gone": FaultPhase.GONE,
    "left": FaultPhase.LEFT,
    "given-up": FaultPhase.GIVEN_UP,
}


def _params(params: Mapping[str, Json]) -> str:
    return format_parameters(params)
