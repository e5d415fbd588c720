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
    Part,
    Text,
    Time,
    Version,
)
from gameday.files.schema.requirements import RequiresPart, RolesPart


def _one_of(*keys: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [key]} for key in keys]}


class ExpectationPart(Part):
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
    over: Annotated[Duration | None, Field(description="Readings of this long are taken together.")] = None
    for_: Annotated[Duration | None, Field(alias="for", description="It holds throughout this long.")] = None
    by: Annotated[Time | None, Field(description="It holds by then: `impact+3m`.")] = None
    at: Annotated[Time | None, Field(description="It is judged from then on: `fault-end+1m` (in `clues`).")] = None
    means: Annotated[Text | None, Field(description="What a responder learns from it (in `clues`).")] = None


class HypothesisPart(Part):
    """What is being tested: it alone decides held or not held."""

    statement: Annotated[Text, Field(description="In one sentence, as one would say it to the team.")]
    expect: list[ExpectationPart] = Field(
        default_factory=list,
        description="Judged only while the fault is present and not yet mitigated; may be empty without faults.",
    )


class RepeatPart(Part):
    """A fault that returns after it has ended."""

    times: Annotated[int, Field(ge=2, le=100, description="How often it comes in all.")]
    every: Annotated[Duration, Field(description="From the beginning of one to the beginning of the next.")]


class FaultPart(Part):
    """One controlled failure. Other keys are the kind's own (`delay: 400ms`) and go to the injector."""

    model_config = ConfigDict(extra="allow")
    id: Annotated[Name, Field(description="Its name in log and review.")]
    kind: Annotated[Name, Field(description="What the client sees: `latency`, `outage`, ...")]
    target: Annotated[Name, Field(description="One of `requires.targets`.")]
    at: Annotated[
        FaultTime | None,
        Field(description="When it begins: `start+0s..3m` (drawn from the range by the drill's seed), `declared+3m`."),
    ] = None
    lasts: Annotated[
        Duration | None, Field(description="It ends by itself after this long; default: with the drill.")
    ] = None
    repeat: Annotated[RepeatPart | None, Field(description="It returns; needs `lasts`.")] = None
    adjust: dict[Name, Text] = Field(
        default_factory=dict,
        description="What the facilitator may set while it is active: `{delay: 100ms..800ms}`.",
    )
    shows: Annotated[
        ExpectationPart | None,
        Field(
            description="The effect that must show, and by when (`by: fault+30s`): without it the drill is never a "
            "pass. Left out, only an impact on users proves that the fault was present."
        ),
    ] = None


class GuardrailPart(Part):
    """The condition that halts the drill automatically."""

    model_config = ConfigDict(json_schema_extra=_one_of(*LIMIT_TESTS))
    signal: Annotated[Name, Field(description="One of `requires.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="Breached at this or more.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="Breached at this or less.")] = None
    above: Annotated[AnyLimit | None, Field(description="Breached at more than this.")] = None
    below: Annotated[AnyLimit | None, Field(description="Breached at less than this.")] = None
    for_: Annotated[Duration, Field(alias="for", description="Breached throughout this long: the drill halts.")]
    warn_at: Annotated[
        Duration | None,
        Field(description="Breached this long: the facilitator is warned first; shorter than `for`."),
    ] = None


class PagePart(Part):
    """The team's own alert is the page."""

    alert: Annotated[
        Name | None, Field(description="The alert (a signal of kind `alert`) that pages; left out: only the program.")
    ] = None
    fallback: Annotated[Time, Field(description="Still silent then: the program pages, and says so.")]
    say: Annotated[Text, Field(description="The text of that page.")]


class ObjectivePart(Part):
    """A moment that the team is expected to reach by a time, or again and again."""

    model_config = ConfigDict(
        json_schema_extra={**_one_of("by", "every"), "dependentRequired": {"every": ["from"], "from": ["every"]}}
    )
    id: Annotated[Name, Field(description="Its name; also that of the charter's own time.")]
    moment: Annotated[Moment, Field(description="The moment to reach.")]
    by: Annotated[
        Deadline | None,
        Field(description="The latest time; `charter`: the environment's charter after `paged`, else 5 minutes."),
    ] = None
    every: Annotated[Duration | None, Field(description="Never longer than this without it, until mitigated.")] = None
    from_: Annotated[Moment | None, Field(alias="from", description="The moment `every` counts from.")] = None


class MessagePart(Part):
    """A text to the responders: from a persona, or a hint; at a time, or after an action."""

    model_config = ConfigDict(json_schema_extra={"allOf": [_one_of("from", "hint"), _one_of("at", "when")]})
    at: Annotated[
        MessageTime, Field(description="When it is sent: `impact+2m`; `manual`: only when the facilitator sends it.")
    ] = None
    when: Annotated[Name | None, Field(description="Instead of a time: after this action.")] = None
    from_: Annotated[
        Name | None, Field(alias="from", description="The persona it comes from: `support`, `executive`, `expert`.")
    ] = None
    hint: Annotated[
        AnyRung | None, Field(description="One rung of the ladder: `nudge`, `question`, `pointer`, `answer`.")
    ] = None
    unless: Annotated[Moment | None, Field(description="It is not sent once this moment has been.")] = None
    say: Annotated[Text, Field(description="The text.")]
    look_for: Annotated[
        Text | None, Field(description="What a good answer to a persona contains; facilitators only.")
    ] = None


class StepPart(Part):
    """A step of the rehearsal's responders: say a moment, or take an action."""

    model_config = ConfigDict(json_schema_extra=_one_of("do", "take"))
    at: Annotated[Time, Field(description="When: `declared+40s`.")]
    do: Annotated[Moment | None, Field(description="The human moment they say: `acknowledged`, `declared`, ...")] = None
    take: Annotated[Name | None, Field(description="The action they take, as the environment names it.")] = None


class RehearsalPart(Part):
    """The responders' part without people; derived from objectives and mitigations when left out."""

    pace: Annotated[float, Field(ge=1, le=1000, description="How many times faster than the file it is played.")] = 10.0
    responders: list[StepPart] = Field(default_factory=list, description="What they do, in order.")


class ScenarioPart(Part):
    """One exercise: the fault and the people, in one file."""

    model_config = ConfigDict(title="gameday scenario", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    id: Annotated[Name, Field(description="Its name; facilitators only, responders see a code name.")]
    type: Annotated[Name | None, Field(description="The kind of incident, to find earlier ones; default: `id`.")] = None
    difficulty: Annotated[int, Field(ge=1, le=5, description="1 (a first game day) to 5.")] = 1
    timebox: Annotated[Duration, Field(description="The drill ends by then.")]
    roles: RolesPart = Field(default_factory=RolesPart, description="Which roles are required, which are optional.")
    runbooks: list[Name] = Field(default_factory=list, description="Names; the environment has the links.")
    requires: RequiresPart = Field(default_factory=RequiresPart, description="What a team binds to its own system.")
    hypothesis: Annotated[HypothesisPart, Field(description="What is being tested.")]
    steady_state: list[ExpectationPart] = Field(
        default_factory=list, description="What holds before the fault and after it; may be empty without faults."
    )
    faults: Annotated[list[FaultPart], Field(description="What fails; `[]`: a drill of people alone.")]
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
