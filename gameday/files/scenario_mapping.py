"""The schema's parts to the model's records, one function a noun."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from gameday.files.scenario_constants import LIMIT_TESTS, MITIGATED_HOLD
from gameday.files.schema.scenario import (
    CoursePart,
    ExpectationPart,
    FaultPart,
    GuardrailPart,
    NeedsPart,
    ScenarioPart,
    StepPart,
)
from gameday.model import (
    CourseEntry,
    Cue,
    Ends,
    Expectation,
    Fault,
    Guardrail,
    Hint,
    Json,
    Limit,
    Needs,
    Objective,
    Page,
    Range,
    Scenario,
    ScriptStep,
    Test,
)


def scenario(part: ScenarioPart) -> Scenario:
    """The whole of it. What the file leaves out has its default here."""
    steady = _expectations(part.steady_state)
    page, ends, rehearsal = part.page, part.ends, part.rehearsal
    return Scenario(
        id=part.id,
        type=part.type or part.id,
        difficulty=part.difficulty,
        timebox=part.timebox,
        roles_needed=tuple(part.roles.need),
        roles_wanted=tuple(part.roles.want),
        runbooks=tuple(part.runbooks),
        needs=_needs(part.needs),
        hypothesis=part.hypothesis.say,
        holds=_expectations(part.hypothesis.holds),
        steady_state=steady,
        mitigated=_expectations(part.mitigated) or tuple(replace(one, hold=MITIGATED_HOLD) for one in steady),
        ways_out=tuple(part.ways_out),
        faults=tuple(_fault(fault) for fault in part.faults),
        trail=_expectations(part.trail),
        guardrails=tuple(_guardrail(guardrail) for guardrail in part.guardrails),
        page=Page(page.from_, page.else_after, page.of, page.say) if page else None,
        ends=Ends(ends.after, ends.of) if ends else None,
        objectives=tuple(Objective(one.id, one.expect, one.within, one.of) for one in part.objectives),
        course=tuple(_line(line) for line in part.course),
        debrief=tuple(part.debrief),
        script=tuple(_step(step) for step in rehearsal.responders) if rehearsal else (),
        pace=rehearsal.pace if rehearsal else 10.0,
    )


def _needs(part: NeedsPart) -> Needs:
    load = part.load
    return Needs(
        targets=dict(part.targets),
        signals=dict(part.signals),
        words=dict(part.words),
        load_of=load.of if load else "",
        load_at_least=load.at_least if load else 0.0,
    )


def _test(part: ExpectationPart | GuardrailPart) -> tuple[Test, Limit] | None:
    for name in LIMIT_TESTS:
        limit: Limit | None = getattr(part, name)
        if limit is not None:
            return Test(name), limit
    return None


def _expectation(part: ExpectationPart) -> Expectation:
    test, limit = _test(part) or (Test.FIRES if part.fires else Test.IS_HEALTHY, None)
    return Expectation(part.signal, test, limit, part.over, part.for_, part.within, part.of, part.tells or "")


def _expectations(parts: list[ExpectationPart]) -> tuple[Expectation, ...]:
    return tuple(_expectation(part) for part in parts)


def _fault(part: FaultPart) -> Fault:
    return Fault(
        id=part.id,
        kind=part.kind,
        target=part.target,
        params=cast("dict[str, Json]", part.model_extra or {}),
        start=part.start or Range(0.0, 0.0),
        dial=part.dial or "",
        expect=_expectation(part.expect) if part.expect else None,
    )


def _guardrail(part: GuardrailPart) -> Guardrail:
    found = _test(part)
    assert found is not None, "the rules let no guardrail without a limit through"
    return Guardrail(part.signal, *found, part.for_, part.warn_at)


def _line(part: CoursePart) -> CourseEntry:
    play = Hint(part.hint, part.unless) if part.hint else Cue(part.cue or "", part.look_for or "")
    return CourseEntry(play, part.say, part.after or 0.0, part.of, part.when or "")


def _step(part: StepPart) -> ScriptStep:
    return ScriptStep(part.after, part.of, part.do, part.take or "")
