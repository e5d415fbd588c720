"""The shipped scenario as a plan, and a drill of it as events and readings in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from support.drill_factory import MONO, rehearsal
from support.events import body

from gameday.drill.rehearsal import responder_script, scale_times
from gameday.drill.state import DrillState, fold_event
from gameday.drill.view import View
from gameday.events import Event, body_data
from gameday.files.scenario import fill_charter_times, read_scenario
from gameday.files.terms import substitute_scenario
from gameday.model import (
    Action,
    Binding,
    Comparison,
    Environment,
    Expectation,
    Json,
    Limit,
    Mode,
    Plan,
    PlannedFault,
    Reading,
    Scenario,
    SignalBinding,
    SignalKind,
    Source,
    TimeExpression,
)
from gameday.moments import Moment

SHIPPED = Path(__file__).parents[2] / "scenarios" / "db-slowdown.yaml"
STARTEX = 9.1
"""Seconds of the made drill at which it begins."""
FAULT, ENDS = 13.1, 80.0


@cache
def scenario() -> Scenario:
    return read_scenario(SHIPPED)


def _binding(name: str, kind: SignalKind, good: Expectation | None) -> SignalBinding:
    return SignalBinding(name, kind, "http", {}, healthy=good)


def environment(needs: dict[str, SignalKind]) -> Environment:
    success = Expectation("journey-success", Comparison.AT_LEAST, Limit(0.99, False, "99%"))
    p95 = Expectation("journey-p95", Comparison.AT_MOST, Limit(0.8, False, "800ms"))
    good = {"journey-success": success, "journey-p95": p95}
    binding = Binding("demo", "database", "toxiproxy", {})
    return Environment(
        "demo", {"database": binding}, {name: _binding(name, kind, good.get(name)) for name, kind in needs.items()},
        {name: Action(name, ("true",)) for name in ("shed-optional-work", "read-from-cache", "restart-database")},
    )  # fmt: skip


@cache
def plan(mode: Mode = Mode.REHEARSAL) -> Plan:
    """db-slowdown in a made environment, at a rehearsal's pace."""
    read = scenario()
    place = environment({name: signal.kind for name, signal in read.requires.signals.items()})
    pace = 10.0 if mode is Mode.REHEARSAL else 1.0
    short = substitute_scenario(scale_times(read, pace), place)
    faults = tuple(
        PlannedFault(one, place.targets[one.target], TimeExpression(Moment.START, FAULT - STARTEX))
        for one in short.faults
    )
    steps = responder_script(short, "shed-optional-work", pace) if mode is Mode.REHEARSAL else ()
    return Plan("gd-7f3a", short, place, faults, mode, 41, pace, "shed-optional-work" if steps else "", steps)


def events() -> Iterator[Event]:
    """Return the events of a rehearsal, as the loop would append them."""
    told = rehearsal().plus(50.0, "note", text="Readings of database-cpu come late.").events
    return (replace(event, body=body(event.kind, {**body_data(event.body), **_step_of(event)})) for event in told)


def _step_of(event: Event) -> dict[str, Json]:
    """Return the scripted step that an event carries out, as the loop would append it."""
    steps = plan().script
    found = [
        i
        for i, step in enumerate(steps)
        if step.moment == event.kind or (step.action and event.kind == "action-finished")
    ]
    return {"step": found[0]} if found and event.source is Source.SCRIPT else {}


def readings() -> list[Reading]:
    return list(rehearsal().readings)


@dataclass
class Player:
    """Feeds a view with the drill up to a time, as the loop would."""

    view: View
    state: DrillState

    def __init__(self, view: View, mode: Mode = Mode.REHEARSAL) -> None:
        self.view, self.state = view, DrillState()
        self._events, self._readings = list(events()), readings()
        view.begin(plan(mode))

    def play(self, until: float) -> None:
        """Everything up to `until` seconds of the made drill, then one tick."""
        while self._readings and self._readings[0].at <= MONO + until:
            self.view.reading(self._readings.pop(0))
        while self._events and self._events[0].at <= MONO + until:
            event = self._events.pop(0)
            self.state = fold_event(self.state, event)
            self.view.event(event, self.state)
        self.view.tick(MONO + until, self.state)


ENVIRONMENT = Environment("test", {}, {}, {})


def plan_of(mode: Mode = Mode.REHEARSAL, mitigation: str = "shed-optional-work") -> Plan:
    scenario = fill_charter_times(read_scenario(SHIPPED), ENVIRONMENT)
    pace = scenario.pace if mode is Mode.REHEARSAL else 1.0
    if mode is Mode.REHEARSAL:
        scenario = scale_times(scenario, pace)
    faults = tuple(
        PlannedFault(one, Binding("test", one.target, "none", {}), TimeExpression(Moment.START, 2.0))
        for one in scenario.faults
    )
    steps = responder_script(scenario, mitigation, pace) if mode is Mode.REHEARSAL else ()
    return Plan("gd-0001", scenario, ENVIRONMENT, faults, mode, 1, pace, mitigation, steps)
