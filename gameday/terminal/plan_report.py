"""A plan as lines: what is tested, who and when, each object that is touched, the course from top to bottom."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from gameday.model import Fault, Message, Objective, Plan, PlannedFault, Scenario
from gameday.moments import Moment
from gameday.plugins.types import Intent, RevertGuarantee
from gameday.units import format_duration, format_expectation, format_parameters, format_time

WIDTH = 12


def plan_lines(plan: Plan, intents: Sequence[Intent], warnings: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a line for each part of the plan; the first twelve columns name it. `warnings`: by marker."""
    scenario = plan.scenario
    yield _line("what", scenario.statement)
    yield _line("who", f"requires {_roles(scenario.roles_required)}; optional {_roles(scenario.roles_optional)}")
    yield _line("when", f"at most {format_duration(scenario.timebox)}{_ends(scenario)}")
    yield from (_line("before", f"{format_expectation(one)}, else it does not begin") for one in scenario.steady_state)
    for planned, intent in zip(plan.faults, intents, strict=True):
        yield from _fault(planned, intent)
        yield from (_line("  warning", warning) for warning in warnings.get(intent.marker, ()))
    yield from (_line("holds", f"{format_expectation(one)}, while the fault is present") for one in scenario.expect)
    yield from _guardrails(scenario)
    yield from _people(plan)


def _line(title: str, words: str) -> str:
    return f"{title:<{WIDTH}}{words}"


def _ends(scenario: Scenario) -> str:
    return f"; ends {format_duration(scenario.ends.after)} after {scenario.ends.moment}" if scenario.ends else ""


def _fault(planned: PlannedFault, intent: Intent) -> Iterator[str]:
    fault = planned.fault
    params = f" {said}" if (said := format_parameters(fault.params)) else ""
    yield _line("fault", f"{fault.id}: {fault.kind}{params} on {fault.target}")
    yield _line("  begins", _begins(fault))
    yield _line("  touches", intent.target_text)
    yield _line("  reverts", intent.revert_text.replace(intent.marker, "with the drill's own mark"))
    yield _line("  behind it", _behind(intent))


def _begins(fault: Fault) -> str:
    """Say when a fault begins, how long it lasts, and whether it returns."""
    at, lasts = fault.at, ""
    begins = f"at {format_time(at)}" if at.moment is not Moment.START else "at STARTEX"
    if at.moment is Moment.START and at.latest:
        begins = f"{format_duration(at.after)} to {format_duration(at.latest)} after STARTEX, hidden"
    if fault.lasts is not None:
        lasts = f"; ends by itself after {format_duration(fault.lasts)}"
    if fault.repeat is not None:
        lasts += f", {fault.repeat.times} times, every {format_duration(fault.repeat.every)}"
    return begins + lasts


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
        page = scenario.page
        alert = f"{page.alert}; the program pages if it is still silent" if page.alert else "by the program"
        yield _line("page", f"{alert} at {format_time(page.fallback)}")
    yield from (_line("objective", _objective(objective)) for objective in scenario.objectives)
    yield from (_line(f"message {number}", _message(entry)) for number, entry in enumerate(scenario.messages, 1))
    for title, names in (("mitigation", scenario.mitigations), ("on halt", scenario.on_halt)):
        yield from (_line(title, f"{name}: {shlex.join(plan.environment.actions[name].do)}") for name in names)


def _objective(objective: Objective) -> str:
    if objective.by is None:
        return f"{objective.moment} every {format_duration(objective.every or 0.0)} from {objective.since}"
    return f"{objective.moment} by {format_time(objective.by)}"


def _message(message: Message) -> str:
    when = f"after {message.when}" if message.when else f"at {format_time(message.at)}" if message.at else "in reserve"
    source = f"hint ({message.hint})" if message.hint else f"from {message.sender}"
    return f'{when}, {source}{f" unless {message.unless}" if message.unless else ""}: "{message.say}"'


def _roles(roles: Sequence[str]) -> str:
    return ", ".join(roles) or "nobody"
