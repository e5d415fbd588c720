"""Mapping of the schema's parts to the model's records, one function per record."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from gameday.files.scenario_constants import LIMIT_TESTS, MITIGATED_HOLD
from gameday.files.schema.requirements import LoadPart, RequiresPart
from gameday.files.schema.scenario import (
    ExpectationPart,
    FaultPart,
    GuardrailPart,
    MessagePart,
    ObjectivePart,
    ScenarioPart,
    StepPart,
)
from gameday.model import (
    DEFAULT_PACE,
    Comparison,
    Expectation,
    Fault,
    Guardrail,
    Json,
    Limit,
    Message,
    Objective,
    Page,
    Repeat,
    RequiredLoad,
    RequiredSignal,
    Requirements,
    Scenario,
    ScriptStep,
)
from gameday.model.scenario import AT_START


def scenario_from_schema(part: ScenarioPart) -> Scenario:
    """Return the whole scenario. What the file leaves out has its default here."""
    steady = _expectations(part.steady_state)
    page, rehearsal = part.page, part.rehearsal
    return Scenario(
        id=part.id,
        type=part.type or part.id,
        difficulty=part.difficulty,
        timebox=part.timebox,
        roles_required=tuple(part.roles.required),
        roles_optional=tuple(part.roles.optional),
        runbooks=tuple(part.runbooks),
        requires=_requirements(part.requires),
        statement=part.hypothesis.statement,
        expect=_expectations(part.hypothesis.expect),
        steady_state=steady,
        mitigated_when=_expectations(part.mitigated_when)
        or tuple(replace(steady_part, hold=MITIGATED_HOLD) for steady_part in steady),
        mitigations=tuple(part.mitigations),
        faults=tuple(_fault(fault) for fault in part.faults),
        clues=_expectations(part.clues),
        guardrails=tuple(_guardrail(guardrail) for guardrail in part.guardrails),
        page=Page(page.alert or "", page.fallback, page.say) if page else None,
        ends=part.ends,
        objectives=tuple(_objective(objective) for objective in part.objectives),
        messages=tuple(_message(message) for message in part.messages),
        debrief=tuple(part.debrief),
        removed_by_responders=part.removed_by == "responders",
        on_halt=tuple(part.on_halt),
        script=tuple(_step(step) for step in rehearsal.responders) if rehearsal else (),
        pace=rehearsal.pace if rehearsal else DEFAULT_PACE,
    )


def _requirements(part: RequiresPart) -> Requirements:
    return Requirements(
        targets=dict(part.targets),
        signals={name: RequiredSignal(signal.kind, signal.means or "") for name, signal in part.signals.items()},
        actions=dict(part.actions),
        terms=dict(part.terms),
        load=_load(part.load) if part.load else None,
    )


def _load(part: LoadPart) -> RequiredLoad:
    return RequiredLoad(part.signal, part.at_least, part.clients or "")


def _limit_test(part: ExpectationPart | GuardrailPart) -> tuple[Comparison, Limit] | None:
    for name in LIMIT_TESTS:
        limit: Limit | None = getattr(part, name)
        if limit is not None:
            return Comparison(name), limit
    return None


def _other_test(part: ExpectationPart) -> Comparison:
    if part.fires:
        return Comparison.FIRES
    return Comparison.NOT_HEALTHY if part.not_ else Comparison.IS_HEALTHY


def _expectation(part: ExpectationPart) -> Expectation:
    test, limit = _limit_test(part) or (_other_test(part), None)
    return Expectation(part.signal, test, limit, part.over, part.for_, part.by, part.at, part.means or "")


def _expectations(parts: list[ExpectationPart]) -> tuple[Expectation, ...]:
    return tuple(_expectation(part) for part in parts)


def _fault(part: FaultPart) -> Fault:
    return Fault(
        id=part.id,
        kind=part.kind,
        target=part.target,
        params=cast("dict[str, Json]", part.model_extra or {}),
        at=part.at or AT_START,
        lasts=part.lasts,
        repeat=Repeat(part.repeat.times, part.repeat.every) if part.repeat else None,
        adjust=dict(part.adjust),
        shows=_expectation(part.shows) if part.shows else None,
    )


def _guardrail(part: GuardrailPart) -> Guardrail:
    test = _limit_test(part)
    assert test is not None, "the rules let no guardrail without a limit through"
    return Guardrail(part.signal, *test, part.for_, part.warn_at)


def _objective(part: ObjectivePart) -> Objective:
    return Objective(part.id, part.moment, part.by, part.every, part.from_)


def _message(part: MessagePart) -> Message:
    return Message(part.say, part.from_ or "", part.hint, part.at, part.when or "", part.unless, part.look_for or "")


def _step(part: StepPart) -> ScriptStep:
    return ScriptStep(part.at, part.do, part.take or "")
