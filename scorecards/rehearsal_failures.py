"""Reasons why a rehearsal failed: a mitigation that did not restore service, a clue that did not show."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import (
    ActionFinished,
    ActionStarted,
    Event,
    Mitigated,
    Planned,
    has_any,
    mitigating_actions,
    of_type,
)
from gameday.scorecards.counted_judgements import deciding_evaluations


def rehearsal_failures(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """Return what fails a rehearsal: a mitigation that does not restore service, a clue that does not show."""
    if not plan.is_rehearsal:
        return ()
    evaluations = deciding_evaluations(events, "clue", plan.clues)
    hidden = tuple(
        f"the clue did not show: {clue.text}"
        for clue, body in zip(plan.clues, evaluations, strict=False)
        if body is None or body.verdict != "met"
    )
    return (*_mitigation_failure(events, plan), *hidden)


def _mitigation_failure(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    if not plan.mitigation:
        return ()
    if not has_any(events, Mitigated):
        was_run = any(event.body.action == plan.mitigation for event in of_type(events, ActionStarted, ActionFinished))
        return (f"the mitigation {plan.mitigation} {'did not restore service' if was_run else 'was not tried'}",)
    if plan.mitigation not in mitigating_actions(events):
        return (f"service was restored before the mitigation {plan.mitigation} began",)
    return ()
