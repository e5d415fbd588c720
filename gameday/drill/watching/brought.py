"""What may have brought a recovery: what was done before it was measured, and never what came after."""

from __future__ import annotations

from gameday.drill.state import State
from gameday.events import CAUSE_OWN_REVERT
from gameday.moments import Moment

UNKNOWN_CAUSE = "nobody knows"


def actions_begun_before(state: State, at: float) -> list[str]:
    """The actions that were begun after the first fault and before `at`, and have not failed. Begun and not done: one
    that waits for what it does (a rollout) ends after users are served. `at`: CLOCK_MONOTONIC."""
    began = state.moments.get(Moment.FAULT, float("inf"))
    return list(dict.fromkeys(action for action, begun in state.acting if began <= begun < at))


def own_interventions(state: State) -> list[str]:
    """What we did ourselves while the faults stood: a fault that took another with it, a turn of the dial."""
    faults = [f"the fault {by}" for by in dict.fromkeys(state.undone.values()) if by]
    turned = [f"a turn of the fault {fault}" for fault, tries in state.intents.items() if tries > 1]
    return faults + turned


def attribute_recovery(state: State) -> str:
    """What brings a recovery that is measured only after the revert, as of just before it: the revert itself, unless
    nothing stood any more."""
    if state.standing - frozenset(state.undone):
        return CAUSE_OWN_REVERT
    if not state.standing:
        return "a lapse" if Moment.FAULT in state.moments else CAUSE_OWN_REVERT
    return ", ".join([*actions_begun_before(state, float("inf")), *own_interventions(state)]) or UNKNOWN_CAUSE
