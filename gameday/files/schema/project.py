"""Schema of gameday.yaml: environments, and the path of the roster."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator, Strict, WithJsonSchema

from gameday import units
from gameday.files.scenario_constants import LIMIT_TESTS
from gameday.files.schema.agreements import ApprovalPart, SilencePart
from gameday.files.schema.base import (
    Duration,
    Kind,
    Name,
    SchemaPart,
    Text,
    Version,
    Word,
    make_range_validator,
    make_text_validator,
)
from gameday.files.schema.follow_up import FollowUpPart
from gameday.files.schema.plugin_keys import (
    add_channel_keys,
    add_incident_keys,
    add_probe_keys,
    add_server_keys,
)
from gameday.incidents.source_table import SOURCE_KEYS
from gameday.model import (
    COMMAND_TIMEOUT_S,
    AlertHandling,
    Comparison,
    Limit,
    MessageKind,
    parse_host_and_port,
    parse_public_url,
)
from gameday.signals.probe_table import PROBE_KEYS

Command = Annotated[list[str], Field(min_length=1)]
CommandTimeout = Annotated[
    Duration,
    AfterValidator(make_range_validator(600.0)),
    Field(description="The longest time for either command, at most 10m; then it is ended."),
]
_TESTS = {name: Comparison(name) for name in LIMIT_TESTS}


def _healthy(text: str) -> tuple[Comparison, Limit]:
    """Parse `at_least 99%`: a test and an absolute limit (there is no baseline yet)."""
    test, _, limit = text.strip().partition(" ")
    if test not in _TESTS:
        raise ValueError(f"invalid limit {text!r}: write a test and a value, such as 'at_least 99%' or 'at_most 800ms'")
    parsed = units.parse_limit(limit)
    if parsed.relative:
        raise ValueError(f"{limit!r} is relative; write an absolute limit, which applies before a baseline is measured")
    return _TESTS[test], parsed


Healthy = Annotated[
    tuple[Comparison, Limit],
    PlainValidator(make_text_validator(_healthy, "at_least 99%")),
    WithJsonSchema({"type": "string", "pattern": "^(at_least|at_most|above|below) ", "examples": ["at_least 99%"]}),
]


class TargetPart(SchemaPart):
    """The resource that a logical target refers to. Other keys are passed to the injector."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_server_keys)
    injector: Annotated[
        Name, Field(description="The injector: `toxiproxy`, `docker`, `kubernetes`, `postgres`, or a plugin's.")
    ]
    owner: Annotated[
        Text | None, Field(description="A team or person whose approval a fault on it needs; see `approvals`.")
    ] = None


class SignalPart(SchemaPart):
    """The measurement of a signal. Other keys are passed to the probe."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_probe_keys)
    kind: Annotated[Kind, Field(description="What is measured.")]
    probe: Annotated[
        Name,
        Field(description=f"How it is measured: {', '.join(f'`{probe}`' for probe in PROBE_KEYS)}, or a plugin's."),
    ]
    healthy: Annotated[
        Healthy | None, Field(description="The limit within which the signal is healthy here: `at_least 99%`.")
    ] = None
    every: Annotated[
        Duration,
        AfterValidator(make_range_validator(60.0)),
        Field(description="Time between two samples, at most 1m."),
    ] = 1.0
    min_samples: Annotated[int, Field(ge=0, description="With fewer samples, the reading is unknown.")] = 5
    timeout: Annotated[
        Duration,
        Field(
            description="Without a response within this time, the reading is unknown, or known to be more than this."
        ),
    ] = 2.0


class ActionPart(SchemaPart):
    """A command that responders may run."""

    do: Annotated[Command, Field(description="The command.")]
    undo: list[str] = Field(
        default_factory=list, description="The command that undoes it, for the cleanup after the drill."
    )
    timeout: CommandTimeout = COMMAND_TIMEOUT_S


class LoadCommandsPart(SchemaPart):
    """The environment's own load."""

    start: Annotated[Command, Field(description="The command that starts it.")]
    stop: Annotated[Command, Field(description="The command that stops it.")]
    timeout: CommandTimeout = COMMAND_TIMEOUT_S


class ChannelPart(SchemaPart):
    """A place outside the program where responders get messages, such as a chat. Other keys go to the channel."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_channel_keys)
    channel: Annotated[Name, Field(description="How messages are sent: `webhook`, `slack`, `apprise`, or a plugin's.")]
    sends: list[Annotated[MessageKind, Strict(False)]] = Field(
        default_factory=lambda: list(MessageKind),
        min_length=1,
        description="What it sends; default: all. `messages`: scripted messages and hints; `pages`: the program's own "
        "pages; `status`: what responders state with `declare`, `severity`, `update`, `ask-for-help`; "
        "`announcements`: the start, STOP, pause, the end.",
    )
    in_rehearsals: Annotated[bool, Field(description="Whether a rehearsal sends too. It has no people.")] = False
    timeout: Annotated[
        Duration,
        AfterValidator(make_range_validator(60.0)),
        Field(description="Time for one attempt to deliver a message, at most 1m."),
    ] = 5.0


class IncidentSourcePart(SchemaPart):
    """A place where the team's open incidents are found. Other keys belong to the source."""

    model_config = ConfigDict(extra="allow", json_schema_extra=add_incident_keys)
    source: Annotated[Name, Field(description=f"Its kind: {', '.join(f'`{source}`' for source in SOURCE_KEYS)}.")]
    timeout: Annotated[
        Duration,
        AfterValidator(make_range_validator(60.0)),
        Field(description="Time for one answer, at most 1m."),
    ] = 5.0


class EnvironmentPart(SchemaPart):
    """A named place and what a drill may touch there."""

    production: Annotated[
        bool, Field(description="`true`: a drill is refused unless the environment's name is typed.")
    ] = False
    allows_drills: Annotated[
        bool | None, Field(description="`false` refuses all drills; default: true, in production false.")
    ] = None
    kinds: list[Name] = Field(
        default_factory=list, min_length=1, description="The fault kinds a drill may use here; default: all."
    )
    terms: dict[Word, Text] = Field(default_factory=dict, description="The team's own terms for `{term}` in texts.")
    runbooks: dict[Name, Text] = Field(
        default_factory=dict, description="Links to runbooks, by the names that scenarios use."
    )
    charter: dict[Name, Duration] = Field(
        default_factory=dict, description="The team's own time limits, by objective: `{swarm: 5m}`."
    )
    targets: dict[Name, TargetPart] = Field(
        default_factory=dict, description="The resources that a drill may touch; nothing else."
    )
    signals: dict[Name, SignalPart] = Field(default_factory=dict, description="The signals and how each is measured.")
    actions: dict[Name, ActionPart] = Field(default_factory=dict, description="The commands that responders may run.")
    load: Annotated[
        LoadCommandsPart | None, Field(description="The load to start when there is too little traffic.")
    ] = None
    channels: dict[Name, ChannelPart] = Field(
        default_factory=dict, description="Where messages to responders go, beside the program's own screens."
    )
    incidents: dict[Name, IncidentSourcePart] = Field(
        default_factory=dict, description="Where open incidents are found: while one is open, no drill runs."
    )
    error_budgets: list[Name] = Field(
        default_factory=list,
        min_length=1,
        description="Signals that are error budgets: outside their `healthy` limit, the briefing, the plan and the "
        "schedule warn. They keep no drill from starting.",
    )
    alerts: Annotated[
        AlertHandling | None, Strict(False),
        Field(description="What becomes of alerts during a drill: `to-players`, `to-all-marked` or `untouched`."),
    ] = None  # fmt: skip
    approvals: dict[Name, ApprovalPart] = Field(
        default_factory=dict, description="What the owners of targets approve; `gameday approve` writes them."
    )
    silence: Annotated[SilencePart | None, Field(description="The silence that a drill makes and deletes.")] = None


Listen = Annotated[
    tuple[str, int],
    PlainValidator(make_text_validator(parse_host_and_port, "127.0.0.1:8480")),
    WithJsonSchema({"type": "string", "pattern": ":[0-9]+$", "examples": ["127.0.0.1:8480"]}),
]
PublicUrl = Annotated[
    str,
    PlainValidator(make_text_validator(parse_public_url, "https://drill.example.com")),
    WithJsonSchema({"type": "string", "pattern": "^https?://", "examples": ["https://drill.example.com"]}),
]


class WebPart(SchemaPart):
    """Where `gameday web` serves the pages of a running drill."""

    listen: Annotated[Listen, Field(description="Address to listen on; port 0: any free port.")] = ("127.0.0.1", 8480)
    url: Annotated[PublicUrl, Field(description="The address that people open, if it differs from `listen`.")] = ""
    certificate: Annotated[
        Text | None, Field(description="The path of a TLS certificate with its chain (PEM), relative to this file.")
    ] = None
    key: Annotated[Text | None, Field(description="The path of its private key (PEM), relative to this file.")] = None
    behind_proxy: Annotated[bool, Strict(), Field(description="A proxy in front terminates TLS; needs `url`.")] = False


class ProjectPart(SchemaPart):
    """gameday.yaml: the places a team drills in."""

    model_config = ConfigDict(title="gameday.yaml", json_schema_extra={"patternProperties": {"^x-": {}}})
    gameday: Version
    default_env: Annotated[Name | None, Field(description="The environment used without `--env`; default: demo.")] = (
        None
    )
    roster: Annotated[Text | None, Field(description="The path of the roster, relative to this file.")] = None
    web: Annotated[WebPart | None, Field(description="Where the pages of a drill are served.")] = None
    follow_up: Annotated[FollowUpPart | None, Field(description="How action items are followed up.")] = None
    environments: Annotated[dict[Name, EnvironmentPart], Field(description="Each environment by its name.")]
