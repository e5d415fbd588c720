"""Schema of a scenario file; imported only when a file is read, as pydantic takes 0.1 s."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from gameday.files.scenario_constants import LIMIT_TESTS, TESTS
from gameday.files.schema.base import (
    AnyLimit,
    AnyRung,
    Deadline,
    Duration,
    FaultTime,
    MessageTime,
    Moment,
    Name,
    SchemaPart,
    Text,
    Time,
    Version,
)
from gameday.files.schema.requirements import RequiresPart, RolesPart


def _one_of(*keys: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [key]} for key in keys]}


class ExpectationPart(SchemaPart):
    """Expected behaviour of a signal: exactly one test."""

    model_config = ConfigDict(json_schema_extra=_one_of(*TESTS))
    signal: Annotated[Name, Field(description="One of `requires.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="The reading is this or more.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="The reading is this or less.")] = None
    above: Annotated[AnyLimit | None, Field(description="The reading is more than this.")] = None
    below: Annotated[AnyLimit | None, Field(description="The reading is less than this.")] = None
    is_: Annotated[
        Literal["healthy"] | None,
        Field(alias="is", description="`healthy`: within the limit that the environment defines for this signal."),
    ] = None
    not_: Annotated[
        Literal["healthy"] | None, Field(alias="not", description="`healthy`: outside that limit; portable.")
    ] = None
    fires: Annotated[Literal[True] | None, Field(description="`true`: the alert fires.")] = None
    over: Annotated[Duration | None, Field(description="The time over which readings are aggregated.")] = None
    for_: Annotated[
        Duration | None, Field(alias="for", description="The time for which it must hold without a break.")
    ] = None
    by: Annotated[Time | None, Field(description="The latest time at which it holds: `impact+3m`.")] = None
    at: Annotated[
        Time | None, Field(description="The time from which it is evaluated: `fault-end+1m` (in `clues`).")
    ] = None
    means: Annotated[Text | None, Field(description="What a responder learns from it (in `clues`).")] = None


class HypothesisPart(SchemaPart):
    """The statement under test; it alone decides held or not held."""

    statement: Annotated[Text, Field(description="The hypothesis in one sentence, as you would tell the team.")]
    expect: list[ExpectationPart] = Field(
        default_factory=list,
        description="Evaluated only while the fault is present and not yet mitigated; may be empty without faults.",
    )


class RepeatPart(SchemaPart):
    """A fault that returns after it has ended."""

    times: Annotated[int, Field(ge=2, le=100, description="How many times the fault is applied in total.")]
    every: Annotated[Duration, Field(description="The time from one start to the next.")]


class FaultPart(SchemaPart):
    """One controlled failure. Other keys are the kind's own (`delay: 400ms`) and go to the injector."""

    model_config = ConfigDict(extra="allow")
    id: Annotated[Name, Field(description="Its name in log and review.")]
    kind: Annotated[Name, Field(description="What the client sees: `latency`, `outage`, ...")]
    target: Annotated[Name, Field(description="One of `requires.targets`.")]
    at: Annotated[
        FaultTime | None,
        Field(description="When it starts: `start+0s..3m` (drawn from the range by the drill's seed), `declared+3m`."),
    ] = None
    lasts: Annotated[Duration | None, Field(description="How long the fault lasts; default: until the drill ends.")] = (
        None
    )
    repeat: Annotated[RepeatPart | None, Field(description="Apply the fault again; needs `lasts`.")] = None
    adjust: dict[Name, Text] = Field(
        default_factory=dict,
        description="Ranges that the facilitator may set while the fault is active: `{delay: 100ms..800ms}`.",
    )
    shows: Annotated[
        ExpectationPart | None,
        Field(
            description="The effect that must show, and by when (`by: fault+30s`): without it the drill is never a "
            "pass. Left out, only an impact on users proves that the fault was present."
        ),
    ] = None


class GuardrailPart(SchemaPart):
    """The condition that halts the drill automatically."""

    model_config = ConfigDict(json_schema_extra=_one_of(*LIMIT_TESTS))
    signal: Annotated[Name, Field(description="One of `requires.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="Breached at this or more.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="Breached at this or less.")] = None
    above: Annotated[AnyLimit | None, Field(description="Breached at more than this.")] = None
    below: Annotated[AnyLimit | None, Field(description="Breached at less than this.")] = None
    for_: Annotated[Duration, Field(alias="for", description="The drill halts after a breach of this length.")]
    warn_at: Annotated[
        Duration | None,
        Field(description="The facilitator is warned after a breach of this length; shorter than `for`."),
    ] = None


class PagePart(SchemaPart):
    """The team's own alert is the page."""

    alert: Annotated[
        Name | None,
        Field(description="The alert (a signal of kind `alert`) that pages; without one, only the program pages."),
    ] = None
    fallback: Annotated[Time, Field(description="If the alert has not fired by then, the program pages.")]
    say: Annotated[Text, Field(description="The text of that page.")]


class ObjectivePart(SchemaPart):
    """A moment that the team is expected to reach by a time, or again and again."""

    model_config = ConfigDict(
        json_schema_extra={**_one_of("by", "every"), "dependentRequired": {"every": ["from"], "from": ["every"]}}
    )
    id: Annotated[Name, Field(description="Its name; the environment's charter uses the same.")]
    moment: Annotated[Moment, Field(description="The moment to reach.")]
    by: Annotated[
        Deadline | None,
        Field(description="The latest time; `charter`: the environment's charter after `paged`, else 5 minutes."),
    ] = None
    every: Annotated[Duration | None, Field(description="The longest time between two, until mitigated.")] = None
    from_: Annotated[Moment | None, Field(alias="from", description="The moment `every` counts from.")] = None


class MessagePart(SchemaPart):
    """A text to the responders: from a persona, or a hint; at a time, or after an action."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_one_of("from", "hint"), _one_of("at", "when")]})
    at: Annotated[
        MessageTime, Field(description="When it is sent: `impact+2m`; `manual`: only when the facilitator sends it.")
    ] = None
    when: Annotated[Name | None, Field(description="Instead of a time: the action after which it is sent.")] = None
    from_: Annotated[
        Name | None, Field(alias="from", description="The persona it comes from: `support`, `executive`, `expert`.")
    ] = None
    hint: Annotated[
        AnyRung | None, Field(description="One rung of the ladder: `nudge`, `question`, `pointer`, `answer`.")
    ] = None
    unless: Annotated[Moment | None, Field(description="The moment after which it is no longer sent.")] = None
    say: Annotated[Text, Field(description="The text.")]
    look_for: Annotated[
        Text | None, Field(description="What a good answer to a persona contains; facilitators only.")
    ] = None


class StepPart(SchemaPart):
    """A step of the rehearsal's responders: say a moment, or take an action."""

    model_config = ConfigDict(json_schema_extra=_one_of("do", "take"))
    at: Annotated[Time, Field(description="When: `declared+40s`.")]
    do: Annotated[Moment | None, Field(description="The human moment they report: `acknowledged`, `declared`, ...")] = (
        None
    )
    take: Annotated[Name | None, Field(description="The action they take, by its name in the environment.")] = None


class RehearsalPart(SchemaPart):
    """The responders' part without people; derived from objectives and mitigations when left out."""

    pace: Annotated[
        float, Field(ge=1, le=1000, description="Speed of the rehearsal: how many times faster than written.")
    ] = 10.0
    responders: list[StepPart] = Field(default_factory=list, description="What they do, in order.")


class ScenarioPart(SchemaPart):
    """One exercise: the fault and the people, in one file."""

    model_config = ConfigDict(title="gameday scenario", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    id: Annotated[Name, Field(description="Its name; facilitators only, responders see a code name.")]
    type: Annotated[Name | None, Field(description="The kind of incident, to find earlier ones; default: `id`.")] = None
    difficulty: Annotated[int, Field(ge=1, le=5, description="1 (a first game day) to 5.")] = 1
    timebox: Annotated[Duration, Field(description="The drill ends by then.")]
    roles: RolesPart = Field(default_factory=RolesPart, description="Which roles are required, which are optional.")
    runbooks: list[Name] = Field(default_factory=list, description="Names of runbooks; the environment has the links.")
    requires: RequiresPart = Field(default_factory=RequiresPart, description="What a team binds to its own system.")
    hypothesis: Annotated[HypothesisPart, Field(description="What is being tested.")]
    steady_state: list[ExpectationPart] = Field(
        default_factory=list, description="What holds before the fault and after it; may be empty without faults."
    )
    faults: Annotated[list[FaultPart], Field(description="What fails; `[]`: a drill without faults.")]
    clues: list[ExpectationPart] = Field(
        default_factory=list,
        description="The readings that lead from the symptom to the cause; a rehearsal fails if they do not show.",
    )
    mitigations: list[Name] = Field(
        default_factory=list, description="Actions that restore service; a rehearsal tries each."
    )
    removed_by: Annotated[
        Literal["responders"] | None,
        Field(description="`responders`: their own removal of a fault (a rollback by hand) is the mitigation."),
    ] = None
    mitigated_when: list[ExpectationPart] = Field(
        default_factory=list, description="Service is restored; default: steady state for 60 s."
    )
    guardrails: list[GuardrailPart] = Field(default_factory=list, description="What halts the drill automatically.")
    on_halt: list[Name] = Field(
        default_factory=list, description="Actions to run when the drill halts, for an outage that outlives its fault."
    )
    page: Annotated[PagePart | None, Field(description="What calls the responders.")] = None
    ends: Annotated[Time | None, Field(description="When the drill ends: `mitigated+2m`; else at the timebox.")] = None
    objectives: list[ObjectivePart] = Field(
        default_factory=list, description="What the team is expected to do, and by when."
    )
    messages: list[MessagePart] = Field(
        default_factory=list, description="Texts to the responders, in the likely order."
    )
    debrief: list[Text] = Field(default_factory=list, description="Questions for afterwards: what and how, never who.")
    rehearsal: Annotated[RehearsalPart | None, Field(description="The responders' part, written out.")] = None
