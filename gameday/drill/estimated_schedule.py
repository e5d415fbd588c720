"""Estimated times of a scenario's moments, so that a time such as `paged+6m` can be shown before the drill.

A moment that is measured, or reported by people, is assumed at half of its limit, as a rehearsal plays it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gameday.drill.message_rules import cancelling_moments
from gameday.drill.rehearsal import responder_script
from gameday.model import Comparison, Message, Scenario, ScriptStep, TimeExpression
from gameday.moments import Moment

DEFAULT_IMPACT_DELAY = 15.0
"""Seconds from the fault to its impact where the scenario names no effect with a time."""
Step = tuple[Moment, Moment, float]
"""A moment, the moment that it counts from, and seconds between them."""


@dataclass(frozen=True, slots=True)
class EstimatedSchedule:
    """Estimated times in seconds after the start.

    `moments`: first time of each, where one can be assumed; `steps`: steps of the responders in order; `actions`: time
    of each action; `end`: end of the drill.
    """

    moments: Mapping[Moment, float]
    steps: tuple[tuple[float, ScriptStep], ...]
    actions: Mapping[str, float]
    end: float


def estimate_schedule(scenario: Scenario) -> EstimatedSchedule:
    """Estimate a schedule: hidden times at their middle, limits at half, and the first mitigation works."""
    mitigation = scenario.mitigations[0] if scenario.mitigations else ""
    played = responder_script(scenario, mitigation, 1.0)
    known = _resolved({Moment.START: 0.0}, [*_measured(scenario), *_spoken(played)])
    actions = _actions(played, known)
    if actions:
        known.setdefault(Moment.MITIGATED, min(actions.values()) + _sustained(scenario))
        known = _resolved(known, _spoken(played))
        actions = _actions(played, known)
    end = _end(scenario, known)
    known[Moment.END] = end
    steps = [(known[step.at.moment] + step.at.after, step) for step in played if step.at.moment in known]
    return EstimatedSchedule(known, tuple(sorted(steps, key=lambda entry: entry[0])), actions, end)


def estimate_moment(message: Message, assumed: EstimatedSchedule) -> float | None:
    """Return when a message is due, in seconds after STARTEX; None where nothing can be assumed."""
    if message.when:
        return assumed.actions.get(message.when)
    return estimate_time(message.at, assumed) if message.at else None


def estimate_time(time: TimeExpression, assumed: EstimatedSchedule) -> float | None:
    """Return the middle of a time, in seconds after STARTEX; None where its moment cannot be assumed."""
    since = assumed.moments.get(time.moment)
    return None if since is None else since + time.middle


def cancelling_moment(message: Message, assumed: EstimatedSchedule) -> Moment | None:
    """Return the moment after which this message is not needed, where it is assumed to have been by its time."""
    at = estimate_moment(message, assumed)
    if at is None:
        return None
    spare = cancelling_moments(message)
    return next((moment for moment in spare if assumed.moments.get(moment, float("inf")) <= at), None)


def _measured(scenario: Scenario) -> list[Step]:
    """Return what the program sees: faults and their ends, the impact, and the page."""
    steps: list[Step] = [(Moment.FAULT, fault.at.moment, fault.at.middle) for fault in scenario.faults]
    steps += [(Moment.FAULT_END, Moment.FAULT, fault.lasts) for fault in scenario.faults if fault.lasts]
    effects = [fault.shows.by.after for fault in scenario.faults if fault.shows and fault.shows.by]
    steps.append((Moment.IMPACT, Moment.FAULT, min(effects) / 2 if effects else DEFAULT_IMPACT_DELAY))
    return [*steps, *_paged(scenario)]


def _paged(scenario: Scenario) -> Iterator[Step]:
    page = scenario.page
    if page is None:
        return
    for expectation in scenario.expect:
        if expectation.test is Comparison.FIRES and expectation.signal == page.alert and (by := expectation.by):
            yield Moment.ALERT, by.moment, by.after / 2
            yield Moment.PAGED, by.moment, by.after / 2
    yield Moment.PAGED, page.fallback.moment, page.fallback.after / 2


def _spoken(played: Iterable[ScriptStep]) -> list[Step]:
    return [(step.moment, step.at.moment, step.at.after) for step in played if step.moment is not None]


def _resolved(known: Mapping[Moment, float], steps: Iterable[Step]) -> dict[Moment, float]:
    """Return each moment at its earliest, once the moment it counts from has a time. Known times stay."""
    times = dict(known)
    fixed, left = frozenset(known), list(steps)
    while ready := [step for step in left if step[1] in times]:
        left = [step for step in left if step not in ready]
        for moment, of, after in ready:
            if moment not in fixed:
                times[moment] = min(times.get(moment, times[of] + after), times[of] + after)
    return times


def _actions(played: Iterable[ScriptStep], known: Mapping[Moment, float]) -> dict[str, float]:
    performed = [
        (step.action, known[step.at.moment] + step.at.after)
        for step in played
        if step.action and step.at.moment in known
    ]
    return {action: min(at for name, at in performed if name == action) for action, _ in performed}


def _sustained(scenario: Scenario) -> float:
    """Return the seconds for which service must be restored before it counts."""
    return max((max(line.hold or 0.0, line.over or 0.0) for line in scenario.mitigated_when), default=0.0)


def _end(scenario: Scenario, known: Mapping[Moment, float]) -> float:
    ends = scenario.ends
    if ends is None or ends.moment not in known:
        return scenario.timebox
    return min(scenario.timebox, known[ends.moment] + ends.after)
