"""A plan of the shipped scenario in an environment of nothing, for tests of the facilitator alone."""

from __future__ import annotations

from pathlib import Path

from gameday.drill.rehearsal import responder_script, scale_times
from gameday.files.scenario import bind_charter, read_scenario
from gameday.model import Binding, Environment, Mode, Plan, PlannedFault, TimeExpression
from gameday.moments import Moment

SHIPPED = Path(__file__).parents[2] / "scenarios" / "db-slowdown.yaml"
ENVIRONMENT = Environment("test", {}, {}, {})


def plan_of(mode: Mode = Mode.REHEARSAL, mitigation: str = "shed-optional-work") -> Plan:
    scenario = bind_charter(read_scenario(SHIPPED), ENVIRONMENT)
    pace = scenario.pace if mode is Mode.REHEARSAL else 1.0
    if mode is Mode.REHEARSAL:
        scenario = scale_times(scenario, pace)
    faults = tuple(
        PlannedFault(one, Binding("test", one.target, "none", {}), TimeExpression(Moment.START, 2.0))
        for one in scenario.faults
    )
    steps = responder_script(scenario, mitigation, pace) if mode is Mode.REHEARSAL else ()
    return Plan("gd-0001", scenario, ENVIRONMENT, faults, mode, 1, pace, mitigation, steps)
