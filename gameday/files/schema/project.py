"""Schema of gameday.yaml: environments, and the path of the roster."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema

from gameday import units
from gameday.files.scenario_constants import LIMIT_TESTS
from gameday.files.schema.base import Duration, Kind, Name, Part, Text, Version, Word, text_validator
from gameday.model import Limit, Test

Command = Annotated[list[str], Field(min_length=1)]
_TESTS = {name: Test(name) for name in LIMIT_TESTS}


def _healthy(text: str) -> tuple[Test, Limit]:
    """Parse `at_least 99%`: a test and an absolute limit (there is no baseline yet)."""
    test, _, limit = text.strip().partition(" ")
    if test not in _TESTS:
        raise ValueError(f"invalid limit {text!r}: write a test and a value, such as 'at_least 99%' or 'at_most 800ms'")
    parsed = units.limit(limit)
    if parsed.relative:
        raise ValueError(f"{limit!r} is relative; write an absolute limit, which applies before a baseline is measured")
    return _TESTS[test], parsed


Healthy = Annotated[
    tuple[Test, Limit],
    PlainValidator(text_validator(_healthy, "at_least 99%")),
    WithJsonSchema({"type": "string", "pattern": "^(at_least|at_most|above|below) ", "examples": ["at_least 99%"]}),
]


class TargetPart(Part):
    """The resource that a logical target means. Other keys go to the injector."""

    model_config = ConfigDict(extra="allow")
    injector: Annotated[Name, Field(description="The engine: `toxiproxy`, ...")]


class SignalPart(Part):
    """The measurement of a signal. Other keys go to the probe."""

    model_config = ConfigDict(extra="allow")
    kind: Annotated[Kind, Field(description="What is measured.")]
    probe: Annotated[Name, Field(description="How it is measured: `http`, `sql`, `process`, `prometheus`, `alerts`.")]
    healthy: Annotated[
        Healthy | None, Field(description="The limit within which it is healthy here: `at_least 99%`.")
    ] = None
    every: Annotated[Duration, Field(description="Between two questions.")] = 1.0
    min_samples: Annotated[int, Field(ge=0, description="Fewer samples are no reading.")] = 5
    timeout: Annotated[Duration, Field(description="A question unanswered for so long is no reading.")] = 2.0


class ActionPart(Part):
    """A command that responders may run."""

    do: Annotated[Command, Field(description="The command.")]
    undo: list[str] = Field(default_factory=list, description="The command that takes it back, for the hand-back.")


class LoadCommandsPart(Part):
    """The environment's own load."""

    start: Annotated[Command, Field(description="The command that starts it.")]
    stop: Annotated[Command, Field(description="The command that stops it.")]


class EnvironmentPart(Part):
    """A named place and what a drill may touch there."""

    production: Annotated[bool, Field(description="A drill here asks for the environment's name.")] = False
    allows_drills: Annotated[
        bool | None, Field(description="Default: true, but in production only when it says so.")
    ] = None
    kinds: list[Name] = Field(default_factory=list, description="The fault kinds a drill may use here; default: all.")
    terms: dict[Word, Text] = Field(default_factory=dict, description="The team's own terms for `{term}` in texts.")
    runbooks: dict[Name, Text] = Field(default_factory=dict, description="Links, by the scenario's names.")
    charter: dict[Name, Duration] = Field(
        default_factory=dict, description="What the team promised itself, by objective: `{swarm: 5m}`."
    )
    targets: dict[Name, TargetPart] = Field(default_factory=dict, description="What a drill may touch; nothing else.")
    signals: dict[Name, SignalPart] = Field(default_factory=dict, description="What can be measured.")
    actions: dict[Name, ActionPart] = Field(default_factory=dict, description="What a responder may do.")
    load: Annotated[LoadCommandsPart | None, Field(description="Started when there is too little traffic.")] = None


class ProjectPart(Part):
    """gameday.yaml: the places a team drills in."""

    model_config = ConfigDict(title="gameday.yaml", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    default_env: Annotated[Name | None, Field(description="Used without `--env`; default: demo.")] = None
    roster: Annotated[Text | None, Field(description="The roster's file, seen from this one.")] = None
    environments: Annotated[dict[Name, EnvironmentPart], Field(description="Each place by its name.")]
