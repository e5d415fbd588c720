"""A plan as lines: what is tested, who and when, each object that is touched, the course from top to bottom."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from gameday.model import CourseEntry, Cue, Hint, Plan, PlannedFault, Scenario
from gameday.plugins.types import Intent, RevertGuarantee
from gameday.units import format_duration, format_expectation, format_parameters

WIDTH = 12


def plan_lines(plan: Plan, intents: Sequence[Intent], warnings: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a line for each part of the plan; the first twelve columns name it. `warnings`: by marker."""
    scenario = plan.scenario
    yield _line("what", scenario.hypothesis)
    yield _line("who", f"needs {_roles(scenario.roles_needed)}; wants {_roles(scenario.roles_wanted)}")
    yield _line("when", f"at most {format_duration(scenario.timebox)}{_ends(scenario)}")
    yield from (_line("before", f"{format_expectation(one)}, else it does not begin") for one in scenario.steady_state)
    for planned, intent in zip(plan.faults, intents, strict=True):
        yield from _fault(planned, intent)
        yield from (_line("  warning", warning) for warning in warnings.get(intent.marker, ()))
    yield from (_line("holds", f"{format_expectation(one)}, while the fault stands") for one in scenario.holds)
    yield from _guardrails(scenario)
    yield from _people(plan)


def _line(title: str, words: str) -> str:
    return f"{title:<{WIDTH}}{words}"


def _ends(scenario: Scenario) -> str:
    return f"; ends {format_duration(scenario.ends.after)} after {scenario.ends.of}" if scenario.ends else ""


def _fault(planned: PlannedFault, intent: Intent) -> Iterator[str]:
    fault = planned.fault
    params = f" {said}" if (said := format_parameters(fault.params)) else ""
    hidden = f"{format_duration(fault.start.low)} to {format_duration(fault.start.high)} after STARTEX, hidden"
    yield _line("fault", f"{fault.id}: {fault.kind}{params} on {fault.target}")
    yield _line("  begins", hidden if fault.start.high else "at STARTEX")
    yield _line("  touches", intent.target_text)
    yield _line("  reverts", intent.revert_text.replace(intent.marker, "with the drill's own mark"))
    yield _line("  behind it", _behind(intent))


def _behind(intent: Intent) -> str:
    alone = (
        f", alone: {intent.injector} ends no fault by itself here"
        if intent.guarantee is RevertGuarantee.GUARDIAN
        else ""
    )
    ends = f": it ends when nobody has renewed it for {format_duration(intent.lease)}" if intent.lease else alone
    return intent.guarantee.value + ends


def _guardrails(scenario: Scenario) -> Iterator[str]:
    for rail in scenario.guardrails:
        warned = f", after {format_duration(rail.warn_at)} the facilitator hears" if rail.warn_at else ""
        yield _line("guardrail", f"{rail.expectation} for {format_duration(rail.hold)}: halts{warned}")


def _people(plan: Plan) -> Iterator[str]:
    scenario = plan.scenario
    if scenario.page:
        silent = f"the program pages if it stays silent for {format_duration(scenario.page.else_after)}"
        yield _line("page", f"{scenario.page.alert}; {silent} after {scenario.page.of}")
    for one in scenario.objectives:
        yield _line("objective", f"{one.expect} within {format_duration(one.within)} of {one.of}")
    yield from (_line(f"course {number}", _course(entry)) for number, entry in enumerate(scenario.course, 1))
    for way_out in scenario.ways_out:
        yield _line("way out", f"{way_out}: {shlex.join(plan.environment.actions[way_out].do)}")


def _course(entry: CourseEntry) -> str:
    after = f"{format_duration(entry.after)} after " if entry.after else "at "
    when = f"when {entry.when} was done" if entry.when else f"{after}{entry.of}"
    return f'{when}, {_who(entry.play)}: "{entry.say}"'


def _who(play: Cue | Hint) -> str:
    if isinstance(play, Cue):
        return f"cue from {play.persona}"
    return f"hint ({play.rung})" + (f" unless {play.unless}" if play.unless else "")


def _roles(roles: Sequence[str]) -> str:
    return ", ".join(roles) or "nobody"
