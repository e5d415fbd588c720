"""Plan as lines: hypothesis, roles, duration, every object that it touches, and the schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import cast

from gameday.command_text import format_command
from gameday.model import (
    ChannelBinding,
    Environment,
    Fault,
    Message,
    MessageKind,
    Objective,
    Plan,
    PlannedFault,
    Scenario,
    expiring,
    last_approved_day,
)
from gameday.moments import Moment
from gameday.plugins.types import Intent, RevertGuarantee
from gameday.printable import single_line
from gameday.units import format_duration, format_expectation, format_parameters, format_time

WIDTH = 15


def plan_lines(
    plan: Plan, intents: Sequence[Intent], warnings: Mapping[str, Sequence[str]], obstacles: Mapping[str, str]
) -> Iterator[str]:
    """Yield a line for each part of the plan; the first columns name it.

    `warnings`: by marker; `obstacles`: why a channel could send nothing now, by its name.
    """
    scenario = plan.scenario
    yield _line("Hypothesis", scenario.statement)
    required, optional = _roles(scenario.roles_required), _roles(scenario.roles_optional)
    yield _line("Roles", f"required: {required}; optional: {optional}")
    yield _line("Duration", f"at most {format_duration(scenario.timebox)}{_ends(scenario)}")
    yield from (
        _line("Steady state", f"required before start: {format_expectation(expectation)}")
        for expectation in scenario.steady_state
    )
    for planned, intent in zip(plan.faults, intents, strict=True):
        yield from _fault(planned, intent)
        yield from (_line("  Warning", warning) for warning in warnings.get(intent.marker, ()))
    yield from (
        _line("Expectation", f"{format_expectation(expectation)}, while the fault is present")
        for expectation in scenario.expect
    )
    yield from _guardrails(scenario)
    yield from _people(plan, obstacles)


def _line(title: str, text: str) -> str:
    return f"{title:<{WIDTH}}{single_line(text)}"


def _ends(scenario: Scenario) -> str:
    return f"; ends {format_duration(scenario.ends.after)} after {scenario.ends.moment}" if scenario.ends else ""


def _fault(planned: PlannedFault, intent: Intent) -> Iterator[str]:
    fault = planned.fault
    params = f" {text}" if (text := format_parameters(fault.params)) else ""
    yield _line("Fault", f"{fault.id}: {fault.kind}{params} on {fault.target}")
    yield _line("  Start", _start_text(fault))
    yield _line("  Touches", intent.touched_text)
    yield _line("  Revert", intent.revert_text.replace(intent.marker, "with the drill's marker"))
    yield _line("  Auto-revert", _fallback(intent))


def _start_text(fault: Fault) -> str:
    """Return when a fault starts, how long it lasts, and how often it is repeated."""
    at, lasts = fault.at, ""
    starts = f"at {format_time(at)}" if at.moment is not Moment.START else "at the start of the drill"
    if at.moment is Moment.START and at.latest:
        span = dict.fromkeys((format_duration(at.after), format_duration(at.latest)))
        starts = f"{' to '.join(span)} after the start of the drill{', hidden' if at.spread else ''}"
    if fault.lasts is not None:
        lasts = f"; ends by itself after {format_duration(fault.lasts)}"
    if fault.repeat is not None:
        lasts += f", {fault.repeat.times} times, every {format_duration(fault.repeat.every)}"
    return starts + lasts


def _fallback(intent: Intent) -> str:
    only = f" (no lease on {intent.injector})" if intent.guarantee is RevertGuarantee.GUARDIAN else ""
    return intent.auto_revert + only


def _guardrails(scenario: Scenario) -> Iterator[str]:
    for rail in scenario.guardrails:
        warning = f"; warns after {format_duration(rail.warn_at)}" if rail.warn_at else ""
        yield _line("Guardrail", f"{rail.expectation} for {format_duration(rail.hold)}: halts the drill{warning}")


def _people(plan: Plan, obstacles: Mapping[str, str]) -> Iterator[str]:
    scenario = plan.scenario
    if scenario.page:
        page = scenario.page
        alert = f"{page.alert}; the program pages if it is still silent" if page.alert else "by the program"
        yield _line("Page", f"{alert} at {format_time(page.fallback)}")
    yield from (_line("Objective", _objective(objective)) for objective in scenario.objectives)
    yield from (_line(f"Message {number}", _message(entry)) for number, entry in enumerate(scenario.messages, 1))
    for name, channel in plan.environment.channels.items():
        yield _line("Channel", _channel(channel))
        if obstacle := obstacles.get(name):
            yield _line("  Warning", f"it cannot send, so preflight refuses a drill that uses it: {obstacle}")
    for source in plan.environment.incidents.values():
        yield _line("Incidents", f"{source.name} ({source.source}): an open one refuses the drill, and halts it")
    yield from _approvals(plan, date.today())  # noqa: DTZ011 - days where people are
    yield from _alerts(plan.environment)
    for title, names in (("Mitigation", scenario.mitigations), ("On halt", scenario.on_halt)):
        yield from (_line(title, f"{name}: {format_command(plan.environment.actions[name].do)}") for name in names)


def _approvals(plan: Plan, day: date) -> Iterator[str]:
    """Yield which owners approved the faults until when, and what ends soon."""
    environment, faults = plan.environment, plan.environment.owned_faults(plan.scenario)
    for fault in faults:
        if last := last_approved_day(fault, environment.approvals, day):
            yield _line("Approval", f"{fault.owner}: {fault.kind} on {fault.target} until {last}")
    for fault, last in expiring(faults, environment.approvals, day):
        yield _line("  Warning", f"the approval of {fault.owner} ends on {last}: ask for the next one in time")


def _alerts(environment: Environment) -> Iterator[str]:
    """Yield what a drill does with the alerts of the environment, and the silence that it makes."""
    yield _line("Alerts", environment.alerts_text or "not stated in gameday.yaml, so they are untouched")
    if environment.silence:
        matchers = ", ".join(str(text) for text in cast("list[str]", environment.silence.settings["matchers"]))
        yield _line("  Silence", f"{{{matchers}}} in {environment.silence.settings['url']}")
        yield _line("  Auto-revert", "it ends by itself unless the drill renews it, and is deleted with the drill")


def _objective(objective: Objective) -> str:
    if objective.by is None:
        return f"{objective.moment} every {format_duration(objective.every or 0.0)} from {objective.since}"
    return f"{objective.moment} by {format_time(objective.by)}"


def _message(message: Message) -> str:
    when = f"after {message.when}" if message.when else f"at {format_time(message.at)}" if message.at else "in reserve"
    source = f"hint ({message.hint})" if message.hint else f"from {message.sender}"
    return f'{when}, {source}{f" unless {message.unless}" if message.unless else ""}: "{message.say}"'


def _channel(channel: ChannelBinding) -> str:
    """Return what a channel sends, without its settings: an address may be a secret."""
    sends = ", ".join(kind for kind in MessageKind if kind in channel.sends)
    return f"{channel.name} ({channel.channel}) sends {sends}{'' if channel.in_rehearsals else '; not in a rehearsal'}"


def _roles(roles: Sequence[str]) -> str:
    return ", ".join(roles) or "none"
