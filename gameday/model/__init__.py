"""The nouns of a drill, as frozen dataclasses. Imports only the moments; every package may import it.

Times are seconds. `at` and `happened` are CLOCK_MONOTONIC of the boot they name; `wall` is seconds since 1970.
"""

from gameday.model.environment import (
    COMMAND_TIMEOUT_S,
    Action,
    Binding,
    ChannelBinding,
    Environment,
    IncidentSource,
    Load,
    SignalBinding,
)
from gameday.model.observations import Reading
from gameday.model.page_server import PageServer, parse_host_and_port, parse_public_url
from gameday.model.plan import Plan, PlannedFault
from gameday.model.scenario import (
    Expectation,
    Fault,
    Guardrail,
    Message,
    Objective,
    Page,
    Repeat,
    RequiredLoad,
    RequiredSignal,
    Requirements,
    Scenario,
    ScriptStep,
    TimeExpression,
)
from gameday.model.types import (
    Comparison,
    EndReason,
    HintLevel,
    Json,
    Limit,
    MessageKind,
    Mode,
    Number,
    Phase,
    Role,
    SignalKind,
    Source,
)

__all__ = [
    "COMMAND_TIMEOUT_S",
    "Action",
    "Binding",
    "ChannelBinding",
    "Comparison",
    "EndReason",
    "Environment",
    "Expectation",
    "Fault",
    "Guardrail",
    "HintLevel",
    "IncidentSource",
    "Json",
    "Limit",
    "Load",
    "Message",
    "MessageKind",
    "Mode",
    "Number",
    "Objective",
    "Page",
    "PageServer",
    "Phase",
    "Plan",
    "PlannedFault",
    "Reading",
    "Repeat",
    "RequiredLoad",
    "RequiredSignal",
    "Requirements",
    "Role",
    "Scenario",
    "ScriptStep",
    "SignalBinding",
    "SignalKind",
    "Source",
    "TimeExpression",
    "parse_host_and_port",
    "parse_public_url",
]
