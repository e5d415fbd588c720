"""Plan of a drill from scenario and environment: everything bound, drawn and allowed, or a refusal."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from gameday.drill.injector_registry import InjectorLookup
from gameday.drill.rehearsal import responder_script, scale_times
from gameday.errors import BadArguments, Refused
from gameday.events import Planned, PlannedEnd, PlannedExpectation, PlannedFaultRecord, PlannedObjective, PlannedPage
from gameday.files.plan_codec import encode_plan
from gameday.model import (
    Binding,
    Environment,
    Expectation,
    Fault,
    Mode,
    Objective,
    Plan,
    PlannedFault,
    Scenario,
    TimeExpression,
)
from gameday.plugins.injector import Injector
from gameday.plugins.types import Deadline, Intent, ParamProblem
from gameday.units import format_expectation

PLAN_TIMEOUT_S = 5.0


def make_plan(
    drill: str,
    scenario: Scenario,
    environment: Environment,
    mode: Mode,
    injectors: InjectorLookup,
    *,
    seed: int,
    mitigation: str = "",
    informed: bool = False,
) -> Plan:
    """Plan the drill: bind every name and draw the hidden delays from the seed. Raises Refused or BadArguments.

    Every binding gets the seed too.
    """
    _require_bindings(scenario, environment)
    pace = scenario.pace if mode is Mode.REHEARSAL else 1.0
    if mode is Mode.REHEARSAL:
        scenario = scale_times(scenario, pace)
    draw = random.Random(seed)  # noqa: S311 - a hidden delay is no secret worth a cipher
    bound = [(fault, replace(_binding(fault, environment, injectors), seed=seed)) for fault in scenario.faults]
    faults = tuple(PlannedFault(fault, binding, _draw_time(fault.at, draw)) for fault, binding in bound)
    steps = responder_script(scenario, mitigation, pace) if mode is Mode.REHEARSAL else ()
    return Plan(drill, scenario, environment, faults, mode, seed, pace, mitigation, steps, informed)


def _draw_time(time: TimeExpression, draw: random.Random) -> TimeExpression:
    """Draw a time from its range."""
    return TimeExpression(time.moment, draw.uniform(time.after, time.latest))


def _require_bindings(scenario: Scenario, environment: Environment) -> None:
    requires = scenario.requires
    missing = [f"signal {name}" for name in requires.signals if name not in environment.signals]
    missing += [
        f"target {name} ({means})" for name, means in requires.targets.items() if name not in environment.targets
    ]
    missing += [
        f"action {name} ({means})" for name, means in requires.actions.items() if name not in environment.actions
    ]
    if missing:
        raise Refused(
            f"environment {environment.name} does not bind: {', '.join(missing)}",
            "Add them to gameday.yaml; `gameday check FILE --env NAME` shows where.",
        )
    for name, signal in requires.signals.items():
        if environment.signals[name].kind is not signal.kind:
            has = environment.signals[name].kind
            raise Refused(f"signal {name} must be a {signal.kind}, and in {environment.name} it is a {has}")


def _binding(fault: Fault, environment: Environment, injectors: InjectorLookup) -> Binding:
    binding = environment.targets[fault.target]
    injector = injectors[binding.injector]
    allowed = [kind for kind in injector.kinds if not environment.kinds or kind in environment.kinds]
    if fault.kind not in injector.kinds:
        raise Refused(
            f"fault {fault.id}: {binding.injector} cannot do {fault.kind} on {fault.target}",
            f"It can do: {', '.join(allowed) or 'nothing that is allowed here'}.",
        )
    if fault.kind not in allowed:
        raise Refused(
            f"fault {fault.id}: environment {environment.name} does not allow {fault.kind}",
            f"It allows: {', '.join(sorted(environment.kinds))}.",
        )
    _params(fault, injector)
    return binding


def _params(fault: Fault, injector: Injector) -> None:
    try:
        injector.kinds[fault.kind].read(fault.params)
    except ParamProblem as problem:
        raise BadArguments(f"fault {fault.id}, {problem.key}: {problem.wrong}") from problem


def preview_intents(plan: Plan, injectors: InjectorLookup, *, at: float = 0.0, drawn: bool = True) -> list[Intent]:
    """Plan each fault on its engine without changing anything. Raises Refused.

    `at`: wall clock for the markers, whose age can be told; `drawn`: False for a preview whose seed is not the drill's.
    """
    markers = [f"{plan.drill}{int(at) + index:08x}" for index in range(len(plan.faults))]
    return [
        _plan_fault(planned, injectors, marker, drawn=drawn)
        for planned, marker in zip(plan.faults, markers, strict=True)
    ]


def _plan_fault(planned: PlannedFault, injectors: InjectorLookup, marker: str, *, drawn: bool) -> Intent:
    binding = replace(planned.binding, drawn=drawn)
    return injectors[binding.injector].plan(planned.fault, binding, marker, Deadline.after(PLAN_TIMEOUT_S))


def interference_warnings(intents: Sequence[Intent], injectors: InjectorLookup) -> dict[str, list[str]]:
    """Return by marker who else changes the objects of each intent, as far as its injector can tell."""
    checks = [(intent, injectors[intent.injector].checkable) for intent in intents]
    return {
        intent.marker: check.interference_warnings(intent, Deadline.after(PLAN_TIMEOUT_S))
        for intent, check in checks
        if check
    }


def planned_event(plan: Plan) -> Planned:
    """Return the plan as the log stores it: enough to read the log without the files."""
    scenario, environment = plan.scenario, plan.environment
    return Planned(
        scenario=scenario.id, type=scenario.type, title=scenario.id.replace("-", " "),
        hypothesis=scenario.statement, environment=environment.name, mode=plan.mode.value, informed=plan.informed,
        difficulty=scenario.difficulty, roles=tuple(role.value for role in scenario.roles_required), seed=plan.seed,
        pace=plan.pace, timebox=scenario.timebox,
        ends=PlannedEnd(scenario.ends.after, scenario.ends.moment.value) if scenario.ends else None,
        page=PlannedPage(scenario.page.alert, scenario.page.fallback.after) if scenario.page else None,
        expectations=_expectations(scenario.expect), clues=_expectations(scenario.clues),
        mitigated_when=_expectations(scenario.mitigated_when),
        guardrails=_expectations(tuple(rail.expectation for rail in scenario.guardrails)),
        steady_state=tuple(dict.fromkeys(line.signal for line in scenario.steady_state)),
        mitigations=scenario.mitigations, mitigation=plan.mitigation,
        objectives=tuple(_objective(objective) for objective in scenario.objectives),
        faults=tuple(_fault_record(fault) for fault in scenario.faults),
        signals={name: binding.kind.value for name, binding in environment.signals.items()},
        charter=dict(environment.charter), questions=scenario.debrief,
        runbooks={name: environment.runbooks.get(name, "") for name in scenario.runbooks},
        terms={**scenario.requires.terms, **environment.terms}, plan=encode_plan(plan),
    )  # fmt: skip


def _fault_record(fault: Fault) -> PlannedFaultRecord:
    effect = str(fault.shows) if fault.shows else ""
    times = fault.repeat.times if fault.repeat else 1
    return PlannedFaultRecord(fault.id, fault.kind, fault.target, dict(fault.params), effect, fault.lasts, times)


def _objective(objective: Objective) -> PlannedObjective:
    """Return an objective's limit and the moment that it counts from; `every`: it is due again and again."""
    by = objective.by
    within, of = (by.after, by.moment) if by else (objective.every, objective.since)
    return PlannedObjective(objective.id, objective.moment.value, within, of.value if of else "", every=by is None)


def _expectations(expectations: tuple[Expectation, ...]) -> tuple[PlannedExpectation, ...]:
    return tuple(
        PlannedExpectation(
            line.signal, line.test.value, format_expectation(line), line.limit.text if line.limit else "", line.over,
            line.hold, line.by.after if line.by else None, line.by.moment.value if line.by else "", line.means,
        )
        for line in expectations
    )  # fmt: skip


def require_drills_allowed(environment: Environment, typed_name: str | None) -> None:
    """Refuse a production environment unless it allows drills explicitly and its name was typed."""
    if not environment.allows_drills:
        raise Refused(
            f"environment {environment.name} does not allow drills", "To allow them, set allows_drills: true."
        )
    if environment.production and typed_name != environment.name:
        raise Refused(
            f"environment {environment.name} is marked production",
            f"To run there: --yes-production {environment.name}",
        )
