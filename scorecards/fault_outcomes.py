"""Outcome of each fault: how long it was active, what ended it, whether its effect was seen."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from gameday.events import (
    ActionFinished,
    ActivePeriod,
    EffectJudged,
    Event,
    FaultConfirmed,
    FaultEndedUnexpectedly,
    ForeignChangeKept,
    Removed,
    ResumedAfterStop,
    active_periods,
    has_any,
    of_type,
    read_plan,
)
from gameday.scorecards.counted_judgements import counted_effects, mitigated_at


@dataclass(frozen=True, slots=True)
class FaultOutcome:
    """One fault; a fault that was adjusted is still the same fault, and so is one that came again.

    `effect`: seen, not seen, not judged (cut short) or not expected; of several times, the worst. `active`: seconds in
    which it was confirmed active, in all its times; None while it may be active. `times`: how often it came;
    `adjusted`: how often the facilitator adjusted it. `ended_by`: the action that ended it, or `fault ID` of the
    drill; `kept`: why it was left unchanged; `unseen_in`: the periods without the effect, if others showed it. All
    three are empty where that did not happen. `lower_bound`: the value is more than that.
    """

    id: str
    kind: str
    target: str
    effect: str
    signal: str
    value: float | None
    n: int
    active: float | None
    lapsed: bool
    times: int = 1
    adjusted: int = 0
    ended_by: str = ""
    kept: str = ""
    unseen_in: str = ""
    lower_bound: bool = False


def collect_fault_outcomes(events: Sequence[Event]) -> tuple[FaultOutcome, ...]:
    """Return the outcome of each fault that was confirmed active, in order."""
    confirmed: dict[str, list[Event[FaultConfirmed]]] = {}
    for event in of_type(events, FaultConfirmed):
        confirmed.setdefault(event.body.fault, []).append(event)
    return tuple(_outcome(events, fault) for fault in confirmed.values())


def describe_missing_effect(events: Sequence[Event], fault: FaultOutcome) -> str:
    """Return why the effect of a fault leaves the hypothesis untested; empty if it was seen or not expected."""
    if fault.effect == "not judged":
        return f"fault {fault.id} was too short, or had too few readings, to show its effect{_unjudged(events, fault)}"
    if fault.effect != "not seen":
        return ""
    where = fault.unseen_in
    return f"the effect of fault {fault.id} was not seen in {where}" if where else f"fault {fault.id} had no effect"


def _unjudged(events: Sequence[Event], fault: FaultOutcome) -> str:
    """Return ` in the 2nd period`: those without a result before service was restored; empty for a single period."""
    periods, effects, restored = (
        active_periods(events)[fault.id],
        counted_effects(events, fault.id),
        mitigated_at(events),
    )
    unjudged = [period for period in periods if period.occurrence not in effects and period.start < restored]
    return f" in {_name_periods(events, unjudged)}" if len(periods) > 1 else ""


def _outcome(events: Sequence[Event], confirmed: Sequence[Event[FaultConfirmed]]) -> FaultOutcome:
    """Fold one fault; it was confirmed once each time it was applied, and again after each adjustment."""
    first = confirmed[0].body
    markers = {event.body.marker for event in confirmed}
    periods = active_periods(events)[first.fault]
    effect, judged = _effect(events, first.fault, periods)
    return FaultOutcome(
        first.fault, first.fault_kind, first.target, effect,
        judged.signal if judged else "", judged.value if judged else None, judged.n if judged else 0,
        sum(period.seconds for period in periods) if all(period.end is not None for period in periods) else None,
        any(event.body.marker in markers for event in of_type(events, FaultEndedUnexpectedly)), len(periods),
        len(confirmed) - len(periods), _ended_by(events, markers), _kept(events, markers),
        _unseen_periods(events, first.fault, periods), judged is not None and judged.lower_bound,
    )  # fmt: skip


def _ended_by(events: Sequence[Event], markers: Set[str]) -> str:
    removed = next((event.body for event in of_type(events, Removed) if event.body.marker in markers), None)
    if removed is None:
        return ""
    if removed.by_fault:
        return f"fault {removed.by_fault}"
    return "the responders" if removed.by_responders else removed.by_action


def _kept(events: Sequence[Event], markers: Set[str]) -> str:
    return next((event.body.reason for event in of_type(events, ForeignChangeKept) if event.body.marker in markers), "")


def _effect(
    events: Sequence[Event], fault: str, periods: Sequence[ActivePeriod]
) -> tuple[str, EffectJudged | None]:  # fmt: skip
    """Return the worst effect of all times before service was restored, and the readings that it rests on."""
    effects = counted_effects(events, fault)
    is_expected = any(planned.id == fault and planned.effect for planned in read_plan(events).faults)
    if not effects:
        return ("not judged" if is_expected else "not expected"), None
    missing = next((body for body in effects.values() if not body.seen), None)
    if missing is not None:
        return "not seen", missing
    restored = mitigated_at(events)
    is_complete = all(period.occurrence in effects for period in periods if period.start < restored)
    return ("seen" if is_complete else "not judged"), next(iter(effects.values()))


def _name_periods(events: Sequence[Event], periods: Sequence[ActivePeriod]) -> str:
    return " and ".join(f"the {_ordinal(period.occurrence + 1)} period{_setting(events, period)}" for period in periods)


def _unseen_periods(events: Sequence[Event], fault: str, periods: Sequence[ActivePeriod]) -> str:
    """Return `the 2nd period (after the resume)`: where the effect was not seen; empty if no period showed it."""
    effects = counted_effects(events, fault)
    if not any(body.seen for body in effects.values()):
        return ""
    unseen = [period for period in periods if period.occurrence in effects and not effects[period.occurrence].seen]
    return _name_periods(events, unseen)


def _setting(events: Sequence[Event], period: ActivePeriod) -> str:
    """Return what came before a period and explains a missing effect: a resume, and mitigations that had run."""
    before = [event for event in events if event.happened <= period.start]
    known = read_plan(events).mitigations
    run = [event.body.action for event in of_type(before, ActionFinished) if event.body.succeeded]
    mitigations = list(dict.fromkeys(action for action in run if action in known))
    resumed = "after the resume" if has_any(before, ResumedAfterStop) else ""
    run_before = f"{' and '.join(mitigations)} had already run" if mitigations else ""
    setting = ", ".join(filter(None, (resumed, run_before)))
    return f" ({setting})" if setting else ""


def _ordinal(number: int) -> str:
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
