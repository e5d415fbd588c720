"""The rehearsal's half of a plan: the people's times made short, and the responders' part played from the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gameday.model import (
    SHORTEST_WINDOW_S,
    Comparison,
    Expectation,
    Fault,
    Guardrail,
    Objective,
    Scenario,
    ScriptStep,
    TimeExpression,
)
from gameday.moments import Moment

FIRST_FAULT, LAST_FAULT = 1.0, 3.0
"""Seconds after the start within which a rehearsal begins a fault that is hidden there."""


def scale_times(scenario: Scenario, pace: float) -> Scenario:
    """Return the scenario with the people's times and its windows `pace` times shorter.

    What a real system needs (an effect, an alert's own delay, the time that a fault lasts) stays as long as it is.
    """
    return replace(
        scenario,
        timebox=scenario.timebox / pace + _system_seconds(scenario),
        expect=_windows(scenario.expect, pace),
        steady_state=_windows(scenario.steady_state, pace),
        mitigated_when=_windows(scenario.mitigated_when, pace),
        clues=_windows(scenario.clues, pace),
        guardrails=tuple(_guardrail(guardrail, pace) for guardrail in scenario.guardrails),
        ends=_sooner(scenario.ends, pace) if scenario.ends else None,
        objectives=tuple(_objective(objective, pace) for objective in scenario.objectives),
        messages=tuple(
            replace(message, at=_sooner(message.at, pace)) if message.at else message for message in scenario.messages
        ),
        faults=tuple(replace(fault, at=_fault_time(fault.at, pace)) for fault in scenario.faults),
        script=tuple(replace(step, at=_sooner(step.at, pace)) for step in scenario.script),
    )


def _system_seconds(scenario: Scenario) -> float:
    """Return the seconds that the system itself needs, which no pace makes shorter."""
    page = scenario.page.fallback.latest if scenario.page else 0.0
    return page + max(map(_fault_seconds, scenario.faults), default=0.0) + _after_fault_end(scenario)


def _fault_seconds(fault: Fault) -> float:
    again = (fault.repeat.times - 1) * fault.repeat.every if fault.repeat else 0.0
    return (fault.lasts or 0.0) + again


def _after_fault_end(scenario: Scenario) -> float:
    """Return the seconds after the end of a fault for which something is still judged; 0 for none."""
    times = [time for line in (*scenario.expect, *scenario.clues) for time in (line.by, line.at) if time]
    return max((time.latest for time in times if time.moment is Moment.FAULT_END), default=0.0)


def _windows(expectations: tuple[Expectation, ...], pace: float) -> tuple[Expectation, ...]:
    return tuple(
        expectation if expectation.test is Comparison.FIRES else _window(expectation, pace)
        for expectation in expectations
    )


def _window(expectation: Expectation, pace: float) -> Expectation:
    return replace(expectation, over=_shorter(expectation.over, pace), hold=_shorter(expectation.hold, pace))


def _shorter(seconds: float | None, pace: float) -> float | None:
    return None if seconds is None else min(seconds, max(SHORTEST_WINDOW_S, seconds / pace))


def _guardrail(guardrail: Guardrail, pace: float) -> Guardrail:
    hold = _shorter(guardrail.hold, pace)
    assert hold is not None
    return replace(guardrail, hold=hold, warn_at=_shorter(guardrail.warn_at, pace))


def _objective(objective: Objective, pace: float) -> Objective:
    by = _sooner(objective.by, pace) if objective.by else None
    return replace(objective, by=by, every=objective.every / pace if objective.every else None)


def _sooner(time: TimeExpression, pace: float) -> TimeExpression:
    """Return the time after so many fewer seconds; what comes after the end of a fault is the system's own time."""
    if time.moment is Moment.FAULT_END:
        return time
    return replace(time, after=time.after / pace, spread=time.spread / pace)


def _fault_time(time: TimeExpression, pace: float) -> TimeExpression:
    scaled = _sooner(time, pace)
    if time.moment is not Moment.START:
        return scaled
    first = min(scaled.after, FIRST_FAULT)
    return replace(scaled, after=first, spread=min(scaled.latest, LAST_FAULT) - first)


def responder_script(scenario: Scenario, mitigation: str, pace: float) -> tuple[ScriptStep, ...]:
    """Return the responders' steps: from the file, or each objective at half its limit and then the mitigation."""
    if scenario.script:
        return tuple(
            replace(step, action=mitigation) if step.action and mitigation else step for step in scenario.script
        )
    steps = list(_reached_objectives(scenario))
    called = Moment.PAGED if scenario.page else Moment.IMPACT  # without a page nothing else calls the responders
    known = {step.moment for step in steps}
    if Moment.ACKNOWLEDGED not in known:
        steps.append(ScriptStep(TimeExpression(called, 20 / pace), moment=Moment.ACKNOWLEDGED))
    if Moment.DECLARED not in known:
        steps.append(ScriptStep(TimeExpression(called, 60 / pace), moment=Moment.DECLARED))
    latest = max((step.at.after for step in steps if step.at.moment is Moment.DECLARED), default=0.0)
    steps.append(ScriptStep(TimeExpression(Moment.DECLARED, latest + 20 / pace), moment=Moment.THEORY))
    if mitigation:
        steps.append(ScriptStep(_mitigation_time(scenario, latest + 40 / pace), action=mitigation))
    return tuple(steps)


def _reached_objectives(scenario: Scenario) -> Iterator[ScriptStep]:
    """Yield each objective at half its limit; of a cadence one, where nothing else says that moment."""
    timed = [objective for objective in scenario.objectives if objective.by]
    for objective in timed:
        assert objective.by is not None
        yield ScriptStep(replace(objective.by, after=objective.by.after / 2), moment=objective.moment)
    for objective in scenario.objectives:
        if objective.every and objective.since and objective.moment not in {other.moment for other in timed}:
            yield ScriptStep(TimeExpression(objective.since, objective.every / 2), moment=objective.moment)


def _mitigation_time(scenario: Scenario, after_declared: float) -> TimeExpression:
    """Return when to mitigate: after all that is judged once the fault has ended by itself."""
    judged = _after_fault_end(scenario)
    return TimeExpression(Moment.FAULT_END, judged + 1.0) if judged else TimeExpression(Moment.DECLARED, after_declared)
