"""The nouns of a drill, as frozen dataclasses. Imports nothing of ours but the moments; everyone may import it.

Times are seconds. `at` and `happened` are CLOCK_MONOTONIC of the boot they name; `wall` is seconds since 1970.
"""

from gameday.model.environment import Action, Binding, Environment, Load, SignalBinding
from gameday.model.observations import Reading
from gameday.model.plan import Plan, PlannedFault
from gameday.model.scenario import (
    CourseEntry,
    Cue,
    Ends,
    Expectation,
    Fault,
    Guardrail,
    Hint,
    Needs,
    Objective,
    Page,
    Scenario,
    ScriptStep,
)
from gameday.model.types import EndReason, Json, Limit, Mode, Number, Phase, Range, Role, Rung, SignalKind, Source, Test

__all__ = [
    "Action",
    "Binding",
    "CourseEntry",
    "Cue",
    "EndReason",
    "Ends",
    "Environment",
    "Expectation",
    "Fault",
    "Guardrail",
    "Hint",
    "Json",
    "Limit",
    "Load",
    "Mode",
    "Needs",
    "Number",
    "Objective",
    "Page",
    "Phase",
    "Plan",
    "PlannedFault",
    "Range",
    "Reading",
    "Role",
    "Rung",
    "Scenario",
    "ScriptStep",
    "SignalBinding",
    "SignalKind",
    "Source",
    "Test",
]
