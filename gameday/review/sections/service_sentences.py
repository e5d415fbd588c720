"""Sentences about the impact on users: how long service was affected, and what restored it."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Exit
from gameday.events import (
    Event,
    FaultAdjusted,
    FaultEnded,
    FaultReverted,
    ForeignChangeKept,
    ImpactDetected,
    Mitigated,
    first_of,
    of_type,
    read_plan,
    time_of,
)
from gameday.review.document import code
from gameday.review.event_text import format_clock
from gameday.scorecards import scorecard_text
from gameday.scorecards.impact_attribution import NO_EFFECT
from gameday.scorecards.measurement_cuts import ADJUSTED, DRILL_ENDINGS, INTERRUPTED, SUSPENDED, is_open_ended
from gameday.scorecards.scorecard import Scorecard
from gameday.units import format_duration


def no_impact_sentence(card: Scorecard) -> str:
    """Return a sentence about a fault without impact; a fault that was cut short proves nothing."""
    if not card.faults:
        return ""
    if card.response_time("impact").reason == NO_EFFECT:
        log = code(f"gameday log {card.drill}")
        return f"Steady state was left, but the fault had no visible effect, so this is no impact: see {log}."
    if card.response_time("impact").state == "not measured":
        return f"Impact was {card.response_time('impact').reason}."
    if not card.steady_state_signals:
        return "Impact was not measured: the scenario names no steady state."
    readings = f"two consecutive readings{scorecard_text.format_steady_state_signals(card)}"
    if card.exit is Exit.HALTED:
        return f"The drill ended before an impact on users was seen, which takes {readings} outside steady state."
    return f"No {readings} left steady state, as far as could be measured."


def service_sentence(events: Sequence[Event], card: Scorecard) -> str:
    """Return a sentence or two about how long users were affected, and what restored service."""
    time = card.response_time("mitigate")
    if time.seconds is None:
        return ""
    if time.censored:
        return _lower_bound_sentences(events, card)
    pause = f" ({scorecard_text.format_pause(time.paused)})" if time.paused else ""
    still = ", with the fault still active" if _is_still_active(events, card) else ""
    service = "Service" if is_user_impact(events) else "Steady state"
    return f"{service} was restored {format_duration(time.seconds)} after the impact{pause}{_by(card)}{still}."


def is_user_impact(events: Sequence[Event]) -> bool:
    """Return True if the impact was measured by a signal that users notice."""
    event = first_of(events, ImpactDetected)
    return event is not None and event.body.affects_users(read_plan(events).signals)


def _lower_bound_sentences(events: Sequence[Event], card: Scorecard) -> str:
    """Return how long users were affected, apart from the time to mitigate where that was cut short."""
    time = card.response_time("mitigate")
    restored = restored_later_sentence(events, card)
    if restored and (outage := outage_seconds(events, card)) is not None:
        affected = f"{_affected(events)} for {format_duration(outage)}, from {_impact_clock(events)} UTC."
        bound = f"at least {format_duration(time.seconds or 0.0)}"
        return f"{affected} {restored} Time to mitigate is {bound}: {_bound_reason(events, card)}."
    ended = ": service was not restored before the drill ended" if time.reason in DRILL_ENDINGS else ""
    affected = f"{_affected(events)} for {scorecard_text.format_response_time(time)}{ended}."
    return " ".join(filter(None, (affected, restored)))


def _affected(events: Sequence[Event]) -> str:
    return "Users were affected" if is_user_impact(events) else "Steady state was left"


def outage_seconds(events: Sequence[Event], card: Scorecard) -> float | None:
    """Return the seconds from the impact until service was restored, whatever restored it; pauses count.

    None if that is not known: service was not restored during the drill, or the outage was interrupted.
    """
    impact, mitigated = time_of(events, ImpactDetected), time_of(events, Mitigated)
    time = card.response_time("mitigate")
    if impact is None or mitigated is None or time.seconds is None:
        return None
    is_interrupted = time.censored and (is_open_ended(time.reason) or time.reason in {INTERRUPTED, SUSPENDED})
    return None if is_interrupted else mitigated - impact


def _impact_clock(events: Sequence[Event]) -> str:
    event = first_of(events, ImpactDetected)
    return format_clock(event) if event else ""


def _bound_reason(events: Sequence[Event], card: Scorecard) -> str:
    """Return why the time to mitigate is a lower bound; for an adjustment, when it was."""
    reason, impact = card.response_time("mitigate").reason, time_of(events, ImpactDetected)
    adjustments = of_type(events, FaultAdjusted)
    later = [event for event in adjustments if impact is not None and event.happened > impact]
    if reason != ADJUSTED or not later:
        return reason
    return f"the facilitator adjusted the fault at {format_clock(later[0])} UTC"


def restored_later_sentence(events: Sequence[Event], card: Scorecard) -> str:
    """Return a sentence about service that was restored after the point until which it could be measured."""
    time, mitigated = card.response_time("mitigate"), first_of(events, Mitigated)
    if mitigated is None or not time.censored or is_open_ended(time.reason):
        return ""
    service = "Service" if is_user_impact(events) else "Steady state"
    return f"{service} was restored at {format_clock(mitigated)} UTC{_by(card)}."


def _by(card: Scorecard) -> str:
    is_known = card.restored_by and scorecard_text.is_mitigation_known(card.response_time("mitigate"))
    return f", mitigated by {code(card.restored_by)}" if is_known else ""


def _is_still_active(events: Sequence[Event], card: Scorecard) -> bool:
    """Return True if every fault was active when service was restored; a lapse is noticed later than it happens."""
    mitigated = time_of(events, Mitigated)
    if mitigated is None or not card.faults or any(fault.ended_by or fault.lapsed for fault in card.faults):
        return False
    ends = of_type(events, FaultEnded, FaultReverted, ForeignChangeKept)
    return not any(end.happened <= mitigated for end in ends)
