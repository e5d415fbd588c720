"""A recorded drill of twenty signals in a store of its own: the bench writes what its runner would write."""

from __future__ import annotations

import math
from pathlib import Path

from gameday.drill.injector_registry import InjectorRegistry
from gameday.drill.planning import make_plan, planned_event
from gameday.events import BaselineMeasured, Ended, NewEvent, PhaseChanged, Started
from gameday.files.project import parse_project
from gameday.files.scenario import adapt_to_environment, read_scenario
from gameday.model import EndReason, Environment, Mode, Phase, Plan, Reading
from gameday.process_identity import current_process
from gameday.store.sqlite import Store

DRILL = "gd-0000"
SIGNALS = {
    **{f"late-{index}": ("duration", 0.02, "at_most 50ms") for index in range(8)},
    **{f"share-{index}": ("ratio", 0.99, "at_least 97%") for index in range(6)},
    **{f"queue-{index}": ("count", 40.0, "at_most 100") for index in range(4)},
    **{f"alert-{index}": ("alert", 0.0, "") for index in range(2)},
}
"""Kind, baseline and healthy limit of each signal, by name."""
SAMPLES = 24
PROJECT = """\
gameday: 1
default_env: bench
environments:
  bench:
    production: false
    allows_drills: true
    targets: {line: {injector: toxiproxy, url: "http://127.0.0.1:1", proxy: line}}
    signals:
"""
SCENARIO = """\
gameday: 1
id: bench
timebox: 90m
requires: {targets: {line: what the client goes through}, signals: {SIGNALS}}
hypothesis: {statement: The line may be late., expect: [{signal: late-0, at_most: 5s}]}
steady_state: [{signal: late-0, is: healthy}]
faults: [{id: late, kind: latency, target: line, delay: 100ms, shows: {signal: late-0, above: 50ms, by: fault+5s}}]
"""


def begun(folder: Path) -> Store:
    """Return a store with the drill after its start, with every baseline measured."""
    store, plan = Store(folder / "gameday.db"), _plan(folder)
    store.begin(DRILL, plan.environment.name, plan.mode.value, "", current_process())
    baselines = [
        NewEvent(BaselineMeasured(signal=name, value=value, n=SAMPLES)) for name, (_, value, _) in SIGNALS.items()
    ]
    drafts = [
        NewEvent(planned_event(plan)),
        *baselines,
        NewEvent(PhaseChanged(Phase.PREFLIGHT, Phase.RUNNING)),
        NewEvent(Started(delay=0.0)),
    ]
    store.append(DRILL, drafts, 1)
    return store


def end(store: Store) -> None:
    """End the drill."""
    done = PhaseChanged(Phase.REVERTING, Phase.DONE)
    store.append(DRILL, [NewEvent(Ended(EndReason.ENDS)), NewEvent(done)], 1)


def reading(name: str, at: float) -> Reading:
    """Return a reading that differs from the last one, so that every row of the screen changes."""
    return Reading(name, at, SIGNALS[name][1] * (1 + 0.01 * math.sin(at * 1.7)), SAMPLES)


def _plan(folder: Path) -> Plan:
    path = folder / "twenty.yaml"
    path.write_text(SCENARIO.replace("SIGNALS", ", ".join(_needs())), encoding="utf-8")
    environment = _environment()
    scenario = adapt_to_environment(read_scenario(path), environment)
    return make_plan(DRILL, scenario, environment, Mode.FACILITATED, InjectorRegistry(), seed=1)


def _needs() -> list[str]:
    return [f"{name}: {{kind: {kind}}}" for name, (kind, _, _) in SIGNALS.items()]


def _environment() -> Environment:
    """Return an environment that reads each signal ten times a second."""
    rows = [
        f'      {name}: {{kind: {kind}, probe: http, url: "http://127.0.0.1:1", value: v, every: 100ms'
        f"{f', n: n, healthy: {good}' if good else ''}}}\n"
        for name, (kind, _, good) in SIGNALS.items()
    ]
    return parse_project(PROJECT + "".join(rows), "gameday.yaml").environments["bench"]
