"""The rehearsal's half of a plan: the people's times made short, and the responders' part played from the file."""

from __future__ import annotations

from dataclasses import replace

from gameday.model import CourseEntry, Expectation, Guardrail, Range, Scenario, ScriptStep, Test
from gameday.moments import Moment

SHORTEST_WINDOW = 3.0
"""Seconds below which no window shrinks: too few readings would rest in it."""
PATIENCE = 300.0
"""Seconds, at the file's own pace, that a way out has to mitigate before it counts as not winning."""


def scale_times(scenario: Scenario, pace: float) -> Scenario:
    """The scenario with the people's times and its windows `pace` times shorter. What a real system needs (an
    expected effect, an alert's own delay) stays as long as it is."""
    page_wait = scenario.page.else_after if scenario.page else 0.0
    return replace(
        scenario,
        timebox=scenario.timebox / pace + page_wait,
        holds=_windows(scenario.holds, pace),
        steady_state=_windows(scenario.steady_state, pace),
        mitigated=_windows(scenario.mitigated, pace),
        trail=_windows(scenario.trail, pace),
        guardrails=tuple(_guardrail(guardrail, pace) for guardrail in scenario.guardrails),
        ends=replace(scenario.ends, after=scenario.ends.after / pace) if scenario.ends else None,
        objectives=tuple(replace(one, within=one.within / pace) for one in scenario.objectives),
        course=tuple(_line(line, pace) for line in scenario.course),
        faults=tuple(replace(fault, start=_start(fault.start, pace)) for fault in scenario.faults),
        script=tuple(replace(step, after=step.after / pace) for step in scenario.script),
    )


def _windows(expectations: tuple[Expectation, ...], pace: float) -> tuple[Expectation, ...]:
    return tuple(one if one.test is Test.FIRES else _window(one, pace) for one in expectations)


def _window(one: Expectation, pace: float) -> Expectation:
    return replace(one, over=_shorter(one.over, pace), hold=_shorter(one.hold, pace))


def _shorter(seconds: float | None, pace: float) -> float | None:
    return None if seconds is None else min(seconds, max(SHORTEST_WINDOW, seconds / pace))


def _guardrail(guardrail: Guardrail, pace: float) -> Guardrail:
    hold = _shorter(guardrail.hold, pace)
    assert hold is not None
    return replace(guardrail, hold=hold, warn_at=_shorter(guardrail.warn_at, pace))


def _line(line: CourseEntry, pace: float) -> CourseEntry:
    return replace(line, after=line.after / pace)


def _start(start: Range, pace: float) -> Range:
    return Range(min(start.low / pace, 1.0), min(start.high / pace, 3.0))


def responder_script(scenario: Scenario, way_out: str, pace: float) -> tuple[ScriptStep, ...]:
    """What the responders do: written in the file, or each objective at half its limit and then the way out."""
    if scenario.script:
        return tuple(replace(step, action=way_out) if step.action and way_out else step for step in scenario.script)
    steps = [_half(one.expect, one.of, one.within) for one in scenario.objectives]
    known = {step.moment for step in steps}
    if Moment.ACKNOWLEDGED not in known:
        steps.append(ScriptStep(20 / pace, Moment.ALERT, moment=Moment.ACKNOWLEDGED))
    if Moment.DECLARED not in known:
        steps.append(ScriptStep(60 / pace, Moment.ALERT, moment=Moment.DECLARED))
    latest = max((step.after for step in steps if step.of is Moment.DECLARED), default=0.0)
    steps.append(ScriptStep(latest + 20 / pace, Moment.DECLARED, moment=Moment.THEORY))
    if way_out:
        steps.append(ScriptStep(latest + 40 / pace, Moment.DECLARED, action=way_out))
    return tuple(steps)


def _half(moment: Moment, of: Moment, within: float) -> ScriptStep:
    return ScriptStep(within / 2, of, moment=moment)
