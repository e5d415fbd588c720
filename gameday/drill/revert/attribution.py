"""Cause of the unexpected end of a fault, and of a recovery.

Only what was done or applied at or after the last check that showed the fault present can have ended it.
"""

from __future__ import annotations

from collections.abc import Sequence

from gameday.drill.state import State
from gameday.events import (
    CAUSE_OWN_REVERT,
    ActionFinished,
    ActionStarted,
    Applied,
    ApplyRefused,
    ApplyUnknown,
    Event,
    FaultKept,
    FaultReverted,
    Intended,
    Lapsed,
    NewEvent,
    Removed,
    of_type,
)
from gameday.moments import Moment
from gameday.plugins.types import Intent

UNKNOWN_CAUSE = "an unknown cause"


def actions_started_before(state: State, at: float) -> list[str]:
    """Return the actions that started after the first fault and before `at`, and have not failed.

    A started action counts before it finishes: a rollout finishes after service is restored. `at`: CLOCK_MONOTONIC.
    """
    fault_at = state.moments.get(Moment.FAULT, float("inf"))
    return list(dict.fromkeys(action for action, started in state.started_actions if fault_at <= started < at))


def own_interventions(state: State) -> list[str]:
    """Return what the drill itself did while the faults were present: a later fault, an adjustment."""
    faults = [f"the fault {by}" for by in dict.fromkeys(state.removed.values()) if by]
    adjusted = [f"an adjustment of the fault {fault}" for fault, count in state.apply_counts.items() if count > 1]
    return faults + adjusted


def responders_removals(state: State) -> list[str]:
    """Return the faults that the responders removed themselves, which the scenario names as a mitigation."""
    return [f"the responders, who removed the fault {fault}" for fault in sorted(state.removed_by_responders)]


def planned_ends(state: State) -> list[str]:
    """Return the faults whose planned end may have restored service: no responder acted after it."""
    if state.last_fault_end is None or any(started >= state.last_fault_end for _, started in state.started_actions):
        return []
    return [f"the planned end of the fault {fault}" for fault in state.end_counts if fault not in state.present]


def attribute_recovery(state: State) -> str:
    """Return the cause of a recovery that is measured only after the revert, as of just before it.

    It is the revert itself, unless no fault was present any more.
    """
    if state.stop.stopped_at is not None or state.present - frozenset(state.removed):
        return CAUSE_OWN_REVERT
    if not state.present and (ends := planned_ends(state)):
        return ", ".join(ends)
    if not state.present and not state.end_counts:
        return "a lapse" if Moment.FAULT in state.moments else CAUSE_OWN_REVERT
    causes = [*actions_started_before(state, float("inf")), *responders_removals(state), *own_interventions(state)]
    return ", ".join(causes) or UNKNOWN_CAUSE


def attribute_end(
    events: Sequence[Event], intent: Intent, last_present: int, how: str, *, held: bool, by_responders: bool
) -> NewEvent:
    """Return the event of a fault that ended without our revert.

    The cause is a fault of this drill or an action that began since the fault was `last_present` (a count of
    events); the responders, where the scenario expects that; a foreign change that left our lease (`held`); or a
    lapse. No action is credited with what may have been ours.
    """
    marker = intent.marker
    if by := last_fault_since(events, last_present, intent):
        return NewEvent(Removed(marker, intent.fault, by_fault=by))
    if action := last_action_since(events, last_present):
        return NewEvent(Removed(marker, intent.fault, by_action=action))
    if by_responders:
        return NewEvent(Removed(marker, intent.fault, by_responders=True))
    if held:
        return NewEvent(Removed(marker, intent.fault, reason=f"{intent.target_text}: {how}"))
    return NewEvent(Lapsed(marker, f"{intent.target_text}: {how}"))


def last_action_since(events: Sequence[Event], last_present: int) -> str:
    """Return the last action that started or finished since; empty for none.

    `last_present`: number of events when the fault was last seen present.
    """
    done = {
        event.body.action: i for i, event in enumerate(events) if isinstance(event.body, ActionStarted | ActionFinished)
    }
    return next((action for action, at in reversed(done.items()) if at >= last_present), "")


def last_fault_since(events: Sequence[Event], last_present: int, intent: Intent) -> str:
    """Return the id of the last other fault on the same target that was or may have been applied since.

    Empty for none. A fault's own adjustment does not count: its earlier apply is reverted by the drill.
    """
    faults: dict[str, str] = {}
    applied: dict[str, int] = {}
    for index, event in enumerate(events):
        match event.body:
            case Intended(intent=other) if other.fault != intent.fault and _shares_target(other, intent):
                faults[other.marker], applied[other.marker] = other.fault, index
            case Applied(marker=marker) | ApplyUnknown(marker=marker) if marker in faults:
                applied[marker] = index
            case ApplyRefused(marker=marker):  # nothing was changed
                applied.pop(marker, None)
            case _:
                pass
    return next((faults[marker] for marker, at in reversed(applied.items()) if at >= last_present), "")


def _shares_target(intent: Intent, other: Intent) -> bool:
    return intent.target == other.target or bool(intent.resource_keys & other.resource_keys)


def reclassify_kept_fault(events: Sequence[Event], draft: NewEvent) -> NewEvent:
    """Return the event of a kept fault as reverted, if a later fault of this drill had removed it."""
    superseded = {event.body.marker for event in of_type(events, Removed) if event.body.by_fault}
    if isinstance(draft.body, FaultKept) and draft.body.marker in superseded:
        return NewEvent(FaultReverted(draft.body.marker), source=draft.source)
    return draft
