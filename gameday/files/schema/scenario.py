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
from gameday.model import DEFAULT_PACE


def _one_of(*keys: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [key]} for key in keys]}


class ExpectationPart(SchemaPart):
    """Expected behaviour of a signal: exactly one test."""

    model_config = ConfigDict(json_schema_extra=_one_of(*TESTS))
    signal: Annotated[Name, Field(description="One of `requires.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="The reading is at least this value.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="The reading is at most this value.")] = None
    above: Annotated[AnyLimit | None, Field(description="The reading is above this value.")] = None
    below: Annotated[AnyLimit | None, Field(description="The reading is below this value.")] = None
    is_: Annotated[
        Literal["healthy"] | None,
        Field(alias="is", description="`healthy`: within the limit that the environment defines for this signal."),
    ] = None
    not_: Annotated[Literal["healthy"] | None, Field(alias="not", description="`healthy`: outside that limit.")] = None
    fires: Annotated[Literal[True] | None, Field(description="`true`: the alert fires.")] = None
    over: Annotated[Duration | None, Field(description="The time over which readings are aggregated.")] = None
    for_: Annotated[Duration | None, Field(alias="for", description="How long it must hold without interruption.")] = (
        None
    )
    by: Annotated[Time | None, Field(description="The time by which it must hold: `impact+3m`.")] = None
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
    """A fault that is applied several times."""

    times: Annotated[int, Field(ge=2, le=100, description="How many times the fault is applied in total.")]
    every: Annotated[Duration, Field(description="The time from one start to the next.")]


class FaultPart(SchemaPart):
    """One controlled failure. Other keys are parameters of the kind (`delay: 400ms`), passed to the injector."""

    model_config = ConfigDict(extra="allow")
    id: Annotated[Name, Field(description="Its name in the log and the review.")]
    kind: Annotated[Name, Field(description="What the client sees: `latency`, `outage`, ...")]
    target: Annotated[Name, Field(description="One of `requires.targets`.")]
    at: Annotated[
        FaultTime | None,
        Field(description="When it starts: `start+0s..3m` (drawn from the range by the drill's seed), `declared+3m`."),
    ] = None
    lasts: Annotated[Duration | None, Field(description="How long the fault lasts; default: until the drill ends.")] = (
        None
    )
    repeat: Annotated[RepeatPart | None, Field(description="Applies the fault again; requires `lasts`.")] = None
    adjust: dict[Name, Text] = Field(
        default_factory=dict,
        description="Ranges within which the facilitator may adjust the active fault: `{delay: 100ms..800ms}`.",
    )
    shows: Annotated[
        ExpectationPart | None,
        Field(
            description="The effect that the fault must have, and by when (`by: fault+30s`); without it, the drill "
            "never passes. If `shows` is left out, only user impact proves that the fault worked."
        ),
    ] = None


class GuardrailPart(SchemaPart):
    """The condition that halts the drill automatically."""

    model_config = ConfigDict(json_schema_extra=_one_of(*LIMIT_TESTS))
    signal: Annotated[Name, Field(description="One of `requires.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="Breached at this value or above.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="Breached at this value or below.")] = None
    above: Annotated[AnyLimit | None, Field(description="Breached above this value.")] = None
    below: Annotated[AnyLimit | None, Field(description="Breached below this value.")] = None
    for_: Annotated[Duration, Field(alias="for", description="How long a breach must last to halt the drill.")]
    warn_at: Annotated[
        Duration | None,
        Field(description="How long a breach must last to warn the facilitator; shorter than `for`."),
    ] = None


class PagePart(SchemaPart):
    """The page that calls the responders: the team's own alert, with a fallback."""

    alert: Annotated[
        Name | None,
        Field(description="The alert (a signal of kind `alert`) that pages; without it, only the program pages."),
    ] = None
    fallback: Annotated[Time, Field(description="If the alert has not fired by then, the program pages.")]
    say: Annotated[Text, Field(description="The text of that page.")]


class ObjectivePart(SchemaPart):
    """A moment that the team is expected to reach by a time, or at regular intervals."""

    model_config = ConfigDict(
        json_schema_extra={**_one_of("by", "every"), "dependentRequired": {"every": ["from"], "from": ["every"]}}
    )
    id: Annotated[Name, Field(description="Its name; the environment's charter uses the same.")]
    moment: Annotated[Moment, Field(description="The moment to reach.")]
    by: Annotated[
        Deadline | None,
        Field(description="The latest time; `charter`: the environment's charter after `paged`, else 5 minutes."),
    ] = None
    every: Annotated[
        Duration | None, Field(description="The longest time allowed between two of them, until mitigated.")
    ] = None
    from_: Annotated[Moment | None, Field(alias="from", description="The moment `every` counts from.")] = None


class MessagePart(SchemaPart):
    """A text to the responders, from a persona or as a hint, at a time or after an action."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_one_of("from", "hint"), _one_of("at", "when")]})
    at: Annotated[
        MessageTime, Field(description="When it is sent: `impact+2m`; `manual`: only when the facilitator sends it.")
    ] = None
    when: Annotated[Name | None, Field(description="Instead of a time: the action after which it is sent.")] = None
    from_: Annotated[
        Name | None, Field(alias="from", description="The persona it comes from: `support`, `executive`, `expert`.")
    ] = None
    hint: Annotated[
        AnyRung | None, Field(description="The level of the hint: `nudge`, `question`, `pointer`, `answer`.")
    ] = None
    unless: Annotated[Moment | None, Field(description="The moment after which it is no longer sent.")] = None
    say: Annotated[Text, Field(description="The text.")]
    look_for: Annotated[
        Text | None, Field(description="What a good answer to a persona contains; shown to facilitators only.")
    ] = None


class StepPart(SchemaPart):
    """A step of the scripted responders: report a moment, or run an action."""

    model_config = ConfigDict(json_schema_extra=_one_of("do", "take"))
    at: Annotated[Time, Field(description="When: `declared+40s`.")]
    do: Annotated[Moment | None, Field(description="The human moment they report: `acknowledged`, `declared`, ...")] = (
        None
    )
    take: Annotated[Name | None, Field(description="The action they run, by its name in the environment.")] = None


class RehearsalPart(SchemaPart):
    """The scripted responders; if left out, their steps are derived from objectives and mitigations."""

    pace: Annotated[
        float, Field(ge=1, le=1000, description="How many times faster than written the rehearsal runs.")
    ] = DEFAULT_PACE
    responders: list[StepPart] = Field(default_factory=list, description="Their steps, in order.")


class ScenarioPart(SchemaPart):
    """One exercise: the fault and the people, in one file."""

    model_config = ConfigDict(title="gameday scenario", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    id: Annotated[Name, Field(description="Its name, shown to facilitators only; responders see a code name.")]
    type: Annotated[
        Name | None, Field(description="The type of incident, to compare with earlier drills; default: `id`.")
    ] = None
    difficulty: Annotated[int, Field(ge=1, le=5, description="1 (a first game day) to 5.")] = 1
    timebox: Annotated[Duration, Field(description="The maximum duration of the drill.")]
    roles: RolesPart = Field(default_factory=RolesPart, description="Which roles are required, which are optional.")
    runbooks: list[Name] = Field(
        default_factory=list, description="Names of runbooks; the environment defines their links."
    )
    requires: RequiresPart = Field(default_factory=RequiresPart, description="What each team binds to its own system.")
    hypothesis: Annotated[HypothesisPart, Field(description="What is being tested.")]
    steady_state: list[ExpectationPart] = Field(
        default_factory=list, description="What must hold before and after the fault; may be empty without faults."
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
        Field(description="`responders`: they remove the fault themselves (a manual rollback), as the mitigation."),
    ] = None
    mitigated_when: list[ExpectationPart] = Field(
        default_factory=list, description="When service counts as restored; default: steady state for 60 s."
    )
    guardrails: list[GuardrailPart] = Field(default_factory=list, description="What halts the drill automatically.")
    on_halt: list[Name] = Field(
        default_factory=list, description="Actions to run when the drill halts, for an outage that outlives its fault."
    )
    page: Annotated[PagePart | None, Field(description="What calls the responders.")] = None
    ends: Annotated[
        Time | None, Field(description="When the drill ends: `mitigated+2m`; otherwise at the timebox.")
    ] = None
    objectives: list[ObjectivePart] = Field(
        default_factory=list, description="What the team is expected to do, and by when."
    )
    messages: list[MessagePart] = Field(
        default_factory=list, description="Texts to the responders, in the likely order."
    )
    debrief: list[Text] = Field(default_factory=list, description="Questions for the debrief: what and how, never who.")
    rehearsal: Annotated[RehearsalPart | None, Field(description="The responders' part, scripted.")] = None
