"""A scenario's moments on an assumed clock: so that a line such as `6m after alert` can be read before the drill.

A moment that is in truth measured, or said by people, is taken to come at half of its limit, as a rehearsal plays it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gameday.drill.facilitator import sparing_moments
from gameday.drill.rehearsal import responder_script
from gameday.model import CourseEntry, Scenario, ScriptStep, Test
from gameday.moments import Moment

DEFAULT_IMPACT_DELAY = 15.0
"""Seconds from the fault to its impact where the scenario names no effect with a time."""
Step = tuple[Moment, Moment, float]
"""A moment, the moment that it counts from, and seconds between them."""


@dataclass(frozen=True, slots=True)
class EstimatedSchedule:
    """Seconds after STARTEX. `moments`: the first time of each, as far as one can be assumed; `steps`: what the
    responders do, each at its time; `actions`: when each action is taken; `end`: ENDEX."""

    moments: Mapping[Moment, float]
    steps: tuple[tuple[float, ScriptStep], ...]
    actions: Mapping[str, float]
    end: float


def estimate_schedule(scenario: Scenario) -> EstimatedSchedule:
    """One way in which the afternoon may go: the hidden delay at its middle, each limit at its half, and the first
    way out, which works."""
    way_out = scenario.ways_out[0] if scenario.ways_out else ""
    played = responder_script(scenario, way_out, 1.0)
    known = _resolved({Moment.FAULT: _fault(scenario)}, [*_measured(scenario), *_spoken(played)])
    actions = _actions(played, known)
    if actions:
        known.setdefault(Moment.MITIGATED, min(actions.values()) + _sustained(scenario))
        known = _resolved(known, _spoken(played))
        actions = _actions(played, known)
    end = _end(scenario, known)
    known[Moment.END] = end
    steps = [(known[step.of] + step.after, step) for step in played if step.of in known]
    return EstimatedSchedule(known, tuple(sorted(steps, key=lambda one: one[0])), actions, end)


def time_of(line: CourseEntry, assumed: EstimatedSchedule) -> float | None:
    """When a line of the course is due, in seconds after STARTEX; None where nothing can be assumed."""
    since = assumed.actions.get(line.when) if line.when else assumed.moments.get(line.of) if line.of else None
    return None if since is None else since + line.after


def spared_by(line: CourseEntry, assumed: EstimatedSchedule) -> Moment | None:
    """The moment after which this hint is not needed, where it is assumed to have been by the hint's time."""
    at = time_of(line, assumed)
    been = {one for one in sparing_moments(line) if at is not None and assumed.moments.get(one, float("inf")) <= at}
    return next((one for one in sparing_moments(line) if one in been), None)


def _fault(scenario: Scenario) -> float:
    return min((one.start.low + one.start.high) / 2 for one in scenario.faults)


def _measured(scenario: Scenario) -> list[Step]:
    """What the program sees: the impact, and the alert, or the program's own page in its place."""
    effects = [one.expect.within for one in scenario.faults if one.expect and one.expect.within]
    steps: list[Step] = [(Moment.IMPACT, Moment.FAULT, min(effects) / 2 if effects else DEFAULT_IMPACT_DELAY)]
    return [*steps, *_paged(scenario)]


def _paged(scenario: Scenario) -> Iterator[Step]:
    page = scenario.page
    if page is None:
        return
    for one in scenario.holds:
        if one.test is Test.FIRES and one.signal == page.alert and one.within is not None and one.of is not None:
            yield Moment.ALERT, one.of, one.within / 2
            yield Moment.PAGED, one.of, one.within / 2
    yield Moment.PAGED, page.of, page.else_after / 2


def _spoken(played: Iterable[ScriptStep]) -> list[Step]:
    return [(step.moment, step.of, step.after) for step in played if step.moment is not None]


def _resolved(known: Mapping[Moment, float], steps: Iterable[Step]) -> dict[Moment, float]:
    """Each moment at its earliest, once the moment it counts from has a time. One that was known is left as it is."""
    found = dict(known)
    fixed, left = frozenset(known), list(steps)
    while ready := [step for step in left if step[1] in found]:
        left = [step for step in left if step not in ready]
        for moment, of, after in ready:
            if moment not in fixed:
                found[moment] = min(found.get(moment, found[of] + after), found[of] + after)
    return found


def _actions(played: Iterable[ScriptStep], known: Mapping[Moment, float]) -> dict[str, float]:
    taken = [(step.action, known[step.of] + step.after) for step in played if step.action and step.of in known]
    return {action: min(at for name, at in taken if name == action) for action, _ in taken}


def _sustained(scenario: Scenario) -> float:
    """How long users must be served again before it counts."""
    return max((max(one.hold or 0.0, one.over or 0.0) for one in scenario.mitigated), default=0.0)


def _end(scenario: Scenario, known: Mapping[Moment, float]) -> float:
    ends = scenario.ends
    if ends is None or ends.of not in known:
        return scenario.timebox
    return min(scenario.timebox, known[ends.of] + ends.after)
