"""By whom a fault went that we had not taken back: by an action, by a later fault of our own, or by nobody we know.

Only what was done or applied when the fault was last seen, or after it, can have ended it.
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

UNKNOWN_CAUSE = "nobody knows"


def actions_begun_before(state: State, at: float) -> list[str]:
    """The actions that were begun after the first fault and before `at`, and have not failed. Begun and not done: one
    that waits for what it does (a rollout) ends after users are served. `at`: CLOCK_MONOTONIC."""
    began = state.moments.get(Moment.FAULT, float("inf"))
    return list(dict.fromkeys(action for action, begun in state.acting if began <= begun < at))


def own_interventions(state: State) -> list[str]:
    """What we did ourselves while the faults stood: a fault that took another with it, an adjustment."""
    faults = [f"the fault {by}" for by in dict.fromkeys(state.undone.values()) if by]
    turned = [f"a turn of the fault {fault}" for fault, tries in state.intents.items() if tries > 1]
    return faults + turned


def responders_removals(state: State) -> list[str]:
    """Return the faults that the responders removed themselves, which the scenario names as a mitigation."""
    return [f"the responders, who removed the fault {fault}" for fault in sorted(state.removed)]


def planned_ends(state: State) -> list[str]:
    """Return the faults that ended by themselves, unless a responder acted after that: the end may have restored
    service."""
    if state.ended_at is None or any(begun >= state.ended_at for _, begun in state.acting):
        return []
    return [f"the planned end of the fault {fault}" for fault in state.ended if fault not in state.standing]


def attribute_recovery(state: State) -> str:
    """What brings a recovery that is measured only after the revert, as of just before it: the revert itself, unless
    nothing stood any more."""
    if state.standing - frozenset(state.undone):
        return CAUSE_OWN_REVERT
    if not state.standing and (ends := planned_ends(state)):
        return ", ".join(ends)
    if not state.standing and not state.ended:
        return "a lapse" if Moment.FAULT in state.moments else CAUSE_OWN_REVERT
    return (
        ", ".join([*actions_begun_before(state, float("inf")), *responders_removals(state), *own_interventions(state)])
        or UNKNOWN_CAUSE
    )


def attribute_loss(
    events: Sequence[Event], intent: Intent, seen: int, how: str, *, held: bool, by_responders: bool
) -> NewEvent:
    """Return the event of a fault that ended without our revert: by a fault of ours or an action that began since it
    was `seen`, by the responders where the scenario counts on it, by a foreign change that left our lease (`held`), or
    a lapse. No action is credited with what may have been ours."""
    marker = intent.marker
    if by := last_fault_since(events, seen, intent):
        return NewEvent(Removed(marker, intent.fault, by_fault=by))
    if action := last_action_since(events, seen):
        return NewEvent(Removed(marker, intent.fault, by_action=action))
    if by_responders:
        return NewEvent(Removed(marker, intent.fault, by_responders=True))
    if held:
        return NewEvent(Removed(marker, intent.fault, reason=f"{intent.target_text}: {how}"))
    return NewEvent(Lapsed(marker, f"{intent.target_text}: {how}"))


def last_action_since(events: Sequence[Event], seen: int) -> str:
    """The last action that was begun or done since; empty for none. `seen`: how many events there were when the fault
    was last looked at and stood."""
    done = {
        event.body.action: i for i, event in enumerate(events) if isinstance(event.body, ActionStarted | ActionFinished)
    }
    return next((action for action, at in reversed(done.items()) if at >= seen), "")


def last_fault_since(events: Sequence[Event], seen: int, intent: Intent) -> str:
    """The id of the last fault of ours on the same target that was applied, or may have been, since; empty for none.
    A fault's own adjustment is none: what it was before is reverted by us."""
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
    return next((faults[mark] for mark, at in reversed(applied.items()) if at >= seen), "")


def _shares_target(one: Intent, other: Intent) -> bool:
    return one.target == other.target or bool(one.resource_keys & other.resource_keys)


def left_to_gone(events: Sequence[Event], draft: NewEvent) -> NewEvent:
    """What a fault of our own had taken with it is left by nobody: it is gone, and was read back as such."""
    taken = {event.body.marker for event in of_type(events, Removed) if event.body.by_fault}
    if isinstance(draft.body, FaultKept) and draft.body.marker in taken:
        return NewEvent(FaultReverted(draft.body.marker), source=draft.source)
    return draft
