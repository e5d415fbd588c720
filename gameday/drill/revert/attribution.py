"""Cause of the unexpected end of a fault, and of a recovery.

Only what was done or applied at or after the last check that showed the fault present can have ended it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gameday.drill.state import DrillState
from gameday.events import (
    CAUSE_OWN_REVERT,
    UNKNOWN_CAUSE,
    ActionFinished,
    ActionStarted,
    Applied,
    ApplyRefused,
    ApplyUnknown,
    Event,
    FaultEndedUnexpectedly,
    FaultReverted,
    ForeignChangeKept,
    Intended,
    NewEvent,
    Removed,
    SilenceIntended,
    SilenceReverted,
    of_type,
)
from gameday.moments import Moment
from gameday.plugins.types import Intent, Presence

LOSS_TEXT = {
    Presence.MODIFIED: "the fault was changed from outside the drill",
    Presence.ABSENT: "the fault was removed from outside the drill",
    Presence.TARGET_GONE: "its target has ended, and the target's clients with it",
}  # fmt: skip
NEVER_SEEN_TEXT = {**LOSS_TEXT, Presence.MODIFIED: "it is not as requested", Presence.ABSENT: "it is not there"}
"""Texts for a fault that no check has seen: it may never have been applied, so they name nobody who removed it."""

ONE_OFF_KINDS = frozenset({"kill", "evict", "drain", "restart"})
"""Kinds that end something at once, which a controller or the engine starts again with the fault still present."""


@dataclass(frozen=True, slots=True)
class LastPresenceCheck:
    """The last check that showed a fault present: when it began (CLOCK_MONOTONIC), and the number of events then."""

    at: float
    events: int


def actions_started_before(state: DrillState, at: float) -> list[str]:
    """Return the actions that started after the first fault and before `at`, and have not failed.

    A started action counts before it finishes: a rollout finishes after service is restored. `at`: CLOCK_MONOTONIC.
    """
    fault_at = state.moments.get(Moment.FAULT, float("inf"))
    return list(dict.fromkeys(action for action, started in state.started_actions if fault_at <= started < at))


def last_action_start(state: DrillState, at: float) -> float:
    """Return when the last of those actions started; -inf without any. Both times are CLOCK_MONOTONIC."""
    fault_at = state.moments.get(Moment.FAULT, float("inf"))
    return max((started for _, started in state.started_actions if fault_at <= started < at), default=float("-inf"))


def list_drill_changes(state: DrillState) -> list[str]:
    """Return what the drill itself did while the faults were present: a later fault, an adjustment."""
    faults = [f"fault {by}" for by in dict.fromkeys(state.removed.values()) if by]
    adjusted = [f"an adjustment of fault {fault}" for fault, count in state.apply_counts.items() if count > 1]
    return faults + adjusted


def responders_removals(state: DrillState) -> list[str]:
    """Return the faults that the responders removed themselves, which the scenario names as a mitigation."""
    return [f"the responders, who removed fault {fault}" for fault in sorted(state.removed_by_responders)]


def planned_ends(state: DrillState) -> list[str]:
    """Return the faults whose planned end may have restored service: no responder acted after it."""
    if state.last_fault_end is None or any(started >= state.last_fault_end for _, started in state.started_actions):
        return []
    return [f"the planned end of fault {fault}" for fault in state.end_counts if fault not in state.present]


def platform_recoveries(state: DrillState, kinds: Mapping[str, str]) -> list[str]:
    """Return the platform's replacement of what the faults ended; empty if a fault lasts until it is removed.

    `kinds`: kind of each fault by id.
    """
    if any(kinds.get(fault, "") not in ONE_OFF_KINDS for fault in state.present):
        return []
    return [f"the automatic replacement of what fault {fault} ended" for fault in sorted(state.present)]


def attribute_recovery(state: DrillState) -> str:
    """Return the cause of a recovery that is measured only after the revert, as of just before it.

    It is the revert itself, unless no fault was present any more.
    """
    if state.stop.stopped_at is not None or state.present - frozenset(state.removed):
        return CAUSE_OWN_REVERT
    if not state.present and (ends := planned_ends(state)):
        return ", ".join(ends)
    if not state.present and not state.end_counts:
        return "a lapse" if Moment.FAULT in state.moments else CAUSE_OWN_REVERT
    causes = [*actions_started_before(state, float("inf")), *responders_removals(state), *list_drill_changes(state)]
    return ", ".join(causes) or UNKNOWN_CAUSE


def attribute_end(
    events: Sequence[Event], intent: Intent, last_present: LastPresenceCheck, how: str, by_responders: bool
) -> Removed | FaultEndedUnexpectedly:
    """Return the event of a fault that ended without a revert by gameday, whatever its engine.

    The cause is a fault of this drill or an action that began since the fault was last present; the responders, where
    the scenario expects that; else it is a lapse. No action is credited with what may have been ours.
    """
    marker, at = intent.marker, last_present.at
    if by := last_fault_since(events, last_present.events, intent):
        return Removed(marker, intent.fault, by_fault=by, last_present=at)
    if action := last_action_since(events, last_present.events):
        return Removed(marker, intent.fault, by_action=action, last_present=at)
    if by_responders:
        return Removed(marker, intent.fault, by_responders=True, last_present=at)
    return FaultEndedUnexpectedly(marker, f"{intent.target_text}: {how}", last_present=at)


def last_action_since(events: Sequence[Event], last_present: int) -> str:
    """Return the last action that started or finished since; empty for none.

    `last_present`: number of events when the fault was last seen present.
    """
    done = {
        event.body.action: i for i, event in enumerate(events) if isinstance(event.body, ActionStarted | ActionFinished)
    }
    return next((action for action, at in reversed(done.items()) if at >= last_present), "")


def is_action_running(events: Sequence[Event]) -> bool:
    """Return True if an action has started and not finished."""
    running: set[str] = set()
    for event in events:
        match event.body:
            case ActionStarted(action=action):
                running.add(action)
            case ActionFinished(action=action):
                running.discard(action)
            case _:
                pass
    return bool(running)


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


def reclassify_revert(events: Sequence[Event], draft: NewEvent) -> NewEvent:
    """Return the event of a revert under its own kind: that of a silence, or of a fault that a later one removed."""
    silences = {event.body.marker for event in of_type(events, SilenceIntended)}
    match draft.body:
        case FaultReverted(marker=marker) if marker in silences:
            return replace(draft, body=SilenceReverted(marker))
        case ForeignChangeKept(marker=marker, reason=reason) if marker in silences:
            return replace(draft, body=SilenceReverted(marker, reason))
        case _:
            return _reclassify_kept_fault(events, draft)


def _reclassify_kept_fault(events: Sequence[Event], draft: NewEvent) -> NewEvent:
    """Return the event of a kept fault as reverted, if a later fault of this drill had removed it."""
    superseded = {event.body.marker for event in of_type(events, Removed) if event.body.by_fault}
    if isinstance(draft.body, ForeignChangeKept) and draft.body.marker in superseded:
        return NewEvent(FaultReverted(draft.body.marker), source=draft.source)
    return draft
