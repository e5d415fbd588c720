"""The shape of a scenario file. Imported only when a file is read: pydantic takes 0.1 s to load."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema

from gameday.files.scenario_constants import CHARTER, TESTS
from gameday.files.schema.base import (
    AnyLimit,
    AnyRole,
    AnyRung,
    Duration,
    Kind,
    Moment,
    Name,
    Part,
    Rate,
    Start,
    Text,
    Version,
    Word,
    duration,
    written,
)
from gameday.model import Role


def _one_of(*keys: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [key]} for key in keys]}


class ExpectationPart(Part):
    """What a signal is expected to do: exactly one test."""

    model_config = ConfigDict(json_schema_extra=_one_of(*TESTS))
    signal: Annotated[Name, Field(description="One of `needs.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="The reading is this or more.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="The reading is this or less.")] = None
    above: Annotated[AnyLimit | None, Field(description="The reading is more than this.")] = None
    below: Annotated[AnyLimit | None, Field(description="The reading is less than this.")] = None
    is_: Annotated[
        Literal["good"] | None, Field(alias="is", description="`good`: as the environment defines it for this signal.")
    ] = None
    fires: Annotated[Literal[True] | None, Field(description="`true`: the alert fires.")] = None
    over: Annotated[Duration | None, Field(description="Readings of so long are taken together.")] = None
    for_: Annotated[Duration | None, Field(alias="for", description="It holds all through so long.")] = None
    within: Annotated[Duration | None, Field(description="It holds by then, counted from `of`.")] = None
    of: Annotated[Moment | None, Field(description="The moment `within` counts from.")] = None
    tells: Annotated[Text | None, Field(description="What a responder may learn from it (in `trail`).")] = None


class RolesPart(Part):
    """Who takes part."""

    need: list[AnyRole] = Field(
        default_factory=lambda: [Role.FACILITATOR, Role.IC, Role.OPS],
        description="Without these roles there is no drill.",
    )
    want: list[AnyRole] = Field(default_factory=list, description="Filled when there are people enough.")


class LoadPart(Part):
    """How much must be going on before a fault means anything."""

    of: Annotated[Name, Field(description="The signal whose samples count.")]
    at_least: Annotated[Rate, Field(description="Samples a second; below it preflight starts the environment's load.")]


class NeedsPart(Part):
    """What the scenario asks of an environment: logical names, never hosts or containers."""

    targets: Annotated[dict[Name, Text], Field(description="Name and meaning of each thing a fault may touch.")]
    signals: Annotated[dict[Name, Kind], Field(description="Name and kind of each signal.")]
    words: dict[Word, Text] = Field(
        default_factory=dict, description="Defaults for `{word}` in texts; an environment has its own."
    )
    load: Annotated[LoadPart | None, Field(description="The traffic it takes.")] = None


class HypothesisPart(Part):
    """What is being tested: it alone decides held or not held."""

    say: Annotated[Text, Field(description="In one sentence, as one would say it to the team.")]
    holds: Annotated[
        list[ExpectationPart],
        Field(min_length=1, description="Read while the fault stands, until mitigated."),
    ]


class FaultPart(Part):
    """One controlled failure. Other keys are the kind's own (`delay: 400ms`) and go to the injector."""

    model_config = ConfigDict(extra="allow")
    id: Annotated[Name, Field(description="Its name in log and review.")]
    kind: Annotated[Name, Field(description="What the client sees: `latency`, `outage`, ...")]
    target: Annotated[Name, Field(description="One of `needs.targets`.")]
    start: Annotated[
        Start | None, Field(description="How long after the start, drawn from the range by the drill's seed.")
    ] = None
    dial: Annotated[Text | None, Field(description="The range the facilitator may turn it in: `100ms..800ms`.")] = None
    expect: Annotated[
        ExpectationPart | None,
        Field(
            description="What has to show of the fault, and by when: if it does not, the drill is never a pass. "
            "Left out, only what users feel proves that the fault was there."
        ),
    ] = None


class GuardrailPart(Part):
    """The condition that halts the drill by itself."""

    model_config = ConfigDict(json_schema_extra=_one_of("at_least", "at_most", "above", "below"))
    signal: Annotated[Name, Field(description="One of `needs.signals`.")]
    at_least: Annotated[AnyLimit | None, Field(description="Breached at this or more.")] = None
    at_most: Annotated[AnyLimit | None, Field(description="Breached at this or less.")] = None
    above: Annotated[AnyLimit | None, Field(description="Breached at more than this.")] = None
    below: Annotated[AnyLimit | None, Field(description="Breached at less than this.")] = None
    for_: Annotated[Duration, Field(alias="for", description="Breached all through so long: the drill halts.")]
    warn_at: Annotated[
        Duration | None, Field(description="Breached so long: the facilitator hears first; shorter than `for`.")
    ] = None


class PagePart(Part):
    """The team's own alert is the page."""

    from_: Annotated[Name, Field(alias="from", description="The alert (a signal of kind `alert`) that pages.")]
    else_after: Annotated[Duration, Field(description="Silent for so long: the program pages, and says so.")]
    of: Annotated[Moment, Field(description="The moment `else_after` counts from.")]
    say: Annotated[Text, Field(description="What that page says.")]


class EndsPart(Part):
    """When the drill is over, else at the timebox."""

    after: Annotated[Duration, Field(description="So long after the moment `of`.")]
    of: Annotated[Moment, Field(description="The moment `after` counts from.")]


def _within(value: object) -> float:
    return CHARTER if value == "charter" else written(duration, "3m or charter")(value)


class ObjectivePart(Part):
    """Something the team is expected to do by a time."""

    id: Annotated[Name, Field(description="Its name; also that of the charter's own threshold.")]
    expect: Annotated[Moment, Field(description="The moment that is to come.")]
    within: Annotated[
        float,
        PlainValidator(_within),
        WithJsonSchema(
            {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(us|ms|s|m|h)|charter)$", "examples": ["3m", "charter"]}
        ),
        Field(
            description="By then, counted from `of`; `charter`: what the environment's charter says, else 5 minutes."
        ),
    ]
    of: Annotated[Moment, Field(description="The moment `within` counts from.")]


class CoursePart(Part):
    """One line of the course: a cue or a hint, at a time or when an action was taken."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [_one_of("cue", "hint"), _one_of("when", "after")],
            "dependentRequired": {"after": ["of"]},
        }
    )
    after: Annotated[Duration | None, Field(description="So long after the moment `of`.")] = None
    of: Annotated[Moment | None, Field(description="The moment `after` counts from.")] = None
    when: Annotated[Name | None, Field(description="Instead of a time: when this action was taken.")] = None
    cue: Annotated[Name | None, Field(description="A message from this persona: `support`, `executive`, `expert`.")] = (
        None
    )
    hint: Annotated[AnyRung | None, Field(description="One rung of the ladder, from the least to the most.")] = None
    unless: Annotated[Moment | None, Field(description="A hint is not sent once this moment has been.")] = None
    say: Annotated[Text, Field(description="The words.")]
    look_for: Annotated[Text | None, Field(description="What a good answer to the cue holds; facilitators only.")] = (
        None
    )


class StepPart(Part):
    """What the rehearsal's responders do: say a moment, or take an action."""

    model_config = ConfigDict(json_schema_extra=_one_of("do", "take"))
    after: Annotated[Duration, Field(description="So long after the moment `of`.")]
    of: Annotated[Moment, Field(description="The moment `after` counts from.")]
    do: Annotated[Moment | None, Field(description="The human moment they say: `acknowledged`, `declared`, ...")] = None
    take: Annotated[Name | None, Field(description="The action they take, as the environment names it.")] = None


class RehearsalPart(Part):
    """The responders' part without people; derived from objectives and ways out when left out."""

    pace: Annotated[float, Field(ge=1, le=1000, description="How many times faster than the file it is played.")] = 10.0
    responders: list[StepPart] = Field(default_factory=list, description="What they do, in order.")


class ScenarioPart(Part):
    """One exercise: the fault and the people, in one file."""

    model_config = ConfigDict(title="gameday scenario")
    gameday: Version
    id: Annotated[Name, Field(description="Its name; facilitators only, responders see a code name.")]
    type: Annotated[Name | None, Field(description="The kind of incident, to find earlier ones; default: `id`.")] = None
    difficulty: Annotated[int, Field(ge=1, le=5, description="1 (a first game day) to 5.")] = 1
    timebox: Annotated[Duration, Field(description="The drill ends by then.")]
    roles: RolesPart = Field(default_factory=RolesPart, description="Which roles are needed, which are wanted.")
    runbooks: list[Name] = Field(default_factory=list, description="Names; the environment knows the links.")
    needs: Annotated[NeedsPart, Field(description="What an environment must have.")]
    hypothesis: Annotated[HypothesisPart, Field(description="What is being tested.")]
    steady_state: Annotated[
        list[ExpectationPart], Field(min_length=1, description="What holds before the fault and after it.")
    ]
    mitigated: list[ExpectationPart] = Field(
        default_factory=list, description="Users are served again; default: steady state for 60 s."
    )
    ways_out: list[Name] = Field(
        default_factory=list, description="Actions that end the users' trouble; a rehearsal tries each."
    )
    faults: Annotated[list[FaultPart], Field(min_length=1, description="What fails.")]
    trail: list[ExpectationPart] = Field(
        default_factory=list, description="The readings that lead from the symptom to the target."
    )
    guardrails: list[GuardrailPart] = Field(default_factory=list, description="What halts the drill by itself.")
    page: Annotated[PagePart | None, Field(description="How responders hear of it.")] = None
    ends: Annotated[EndsPart | None, Field(description="When the drill is over, else at the timebox.")] = None
    objectives: Annotated[list[ObjectivePart], Field(description="What the team is expected to do, and by when.")] = (
        Field(default_factory=list)
    )
    course: list[CoursePart] = Field(default_factory=list, description="Cues and hints in the order of play.")
    debrief: list[Text] = Field(default_factory=list, description="Questions for afterwards: what and how, never who.")
    rehearsal: Annotated[RehearsalPart | None, Field(description="The responders' part, written out.")] = None
