"""Attribution of the impact: a fault that had no effect is not the cause of what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import EffectJudged, Event, ImpactDetected, Mitigated, Recovered, first_of, of_type
from gameday.scorecards.fault_outcomes import collect_fault_outcomes

NO_EFFECT = "not measured: the fault had no visible effect"


def is_impact_without_effect(events: Sequence[Event]) -> bool:
    """Return True if steady state was left while every fault was judged to have no effect: another cause, or noise.

    What came after the effect was judged may be a late effect, and counts.
    """
    impact, outcomes = first_of(events, ImpactDetected), collect_fault_outcomes(events)
    if impact is None or not outcomes or any(fault.effect != "not seen" or fault.unseen_in for fault in outcomes):
        return False
    judged = of_type(events, EffectJudged)
    return impact.happened <= max(event.happened if (end := event.body.end) is None else end for event in judged)


def attributable_events(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events without an impact that no fault caused, and without the recovery from it."""
    if not is_impact_without_effect(events):
        return tuple(events)
    return tuple(event for event in events if not isinstance(event.body, ImpactDetected | Mitigated | Recovered))
