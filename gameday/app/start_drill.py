"""Starting a drill: rehearsal, solo or facilitated."""

from __future__ import annotations

import importlib
import secrets
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.briefing_follow_up import opening_events
from gameday.app.environment_selection import SelectedEnvironment, read_environment, select_environment
from gameday.app.recovery import open_recovered_store, require_unused_environment
from gameday.app.role_assignment import RosterFile, assign_roles
from gameday.app.scenario_selection import DrawnScenario, draw_scenario, read_scenario, today
from gameday.errors import BadArguments
from gameday.timing import DEFAULT_TIMING, Timing

if TYPE_CHECKING:
    from gameday.drill.drill_record import DrillResult
    from gameday.drill.runner import RouteSignals, Runner
    from gameday.drill.view import View
    from gameday.model import Mode, Plan, Scenario
    from gameday.people.cast import Cast
    from gameday.store.paths import DataFolder
    from gameday.store.protocols import DrillReader, DrillStore


@dataclass(frozen=True, slots=True)
class DrillRequest:
    """Scenario to run, and where. `file`: a path or a library name; with `draw`, a folder or empty for the library.

    `production_name` is the typed name of a production environment; `seed` None draws one. `roster` is checked with
    the scenario, before the environment is started.
    """

    file: str = ""
    environment: str | None = None
    draw: bool = False
    production_name: str | None = None
    seed: int | None = None
    timing: Timing = DEFAULT_TIMING
    roster: Path | None = None


@dataclass(frozen=True, slots=True)
class PreparedDrill:
    """A checked request: its environment is running and recovered. `scenario` None: still to be drawn."""

    request: DrillRequest
    scenario: Scenario | None
    selected: SelectedEnvironment
    store: DrillStore
    folder: DataFolder
    seed: int


@dataclass(frozen=True, slots=True)
class PlanWithPeople:
    """Plan of a drill with people. `cast` None: one person responds alone. `drawn`: set if it was drawn."""

    plan: Plan
    cast: Cast | None = None
    roster: Path | None = None
    drawn: DrawnScenario | None = None


MakeView = Callable[["Plan", str], "View"]
"""Called before each drill with its plan and the facilitator's token."""


def prepare_drill(request: DrillRequest, report: Callable[[str], None]) -> PreparedDrill:
    """Check the request, recover what earlier drills left, start the demo if it is the environment.

    The caller stops the demo afterwards. Raises InvalidFiles, BadArguments, Refused, EnvironmentDirty.
    """
    from gameday.drill.planning import require_drills_allowed
    from gameday.files.roster import read_roster
    from gameday.store.paths import data_folder

    environment = read_environment(request.environment)
    require_drills_allowed(environment, request.production_name)
    if not request.file and not request.draw:
        raise BadArguments("no scenario given", "Name one: gameday run db-slowdown.yaml; or draw one: --draw")
    scenario = None if request.draw else read_scenario(request.file, environment, today())
    if request.roster is not None:
        read_roster(request.roster)
    folder = data_folder()
    store = open_recovered_store(folder, environment, report, request.timing)
    require_unused_environment(store, environment)
    selected = select_environment(request.environment, report, start_demo=True)
    seed = secrets.randbelow(2**31) if request.seed is None else request.seed
    return PreparedDrill(request, scenario, selected, store, folder, seed)


def rehearse(
    prepared: PreparedDrill, make_view: MakeView, route_signals: RouteSignals, *, first_only: bool = False
) -> Iterator[DrillResult]:
    """Rehearse each mitigation of the scenario, or only the first; yield each drill's result.

    Ends early after a drill that was halted, is not clean or was taken over.
    """
    from gameday.model import Mode

    scenario = prepared.scenario
    assert scenario is not None, "a rehearsal is not drawn"
    mitigations: Sequence[str] = (scenario.mitigations[:1] if first_only else scenario.mitigations) or ("",)
    for mitigation in mitigations:
        plan = plan_new_drill(prepared, scenario, Mode.REHEARSAL, mitigation=mitigation)
        result = _run_rehearsal(plan, prepared, make_view, route_signals)
        yield result
        if (
            result.outstanding
            or result.owed
            or result.fenced
            or result.unwritten
            or _is_halted(prepared.store, plan.drill)
        ):
            return


def _run_rehearsal(
    plan: Plan, prepared: PreparedDrill, make_view: MakeView, route_signals: RouteSignals
) -> DrillResult:
    from gameday.drill.control import facilitator_token

    token = facilitator_token.create_token()
    view = make_view(plan, token)
    runner = create_runner(
        plan, prepared.selected, prepared.store, prepared.folder, view, token, route_signals, prepared.request.timing
    )
    threading.Thread(target=_preload_modules, daemon=True).start()
    return runner.run()


@dataclass(frozen=True, slots=True)
class SelectedScenario:
    """The scenario of a request. `drawn`: set if it was drawn."""

    scenario: Scenario
    drawn: DrawnScenario | None = None


def select_scenario(prepared: PreparedDrill) -> SelectedScenario:
    """Return the scenario that was named, else draw one. Raises BadArguments and InvalidFiles."""
    if prepared.scenario is not None:
        return SelectedScenario(prepared.scenario)
    environment = prepared.selected.environment
    drawn = draw_scenario(prepared.request.file, environment, prepared.seed)
    return SelectedScenario(read_scenario(str(drawn.path), environment, today()), drawn)


def plan_with_people(prepared: PreparedDrill, roster: Path | None) -> PlanWithPeople:
    """Plan a facilitated drill with a roster, else a solo drill. Raises BadArguments, InvalidFiles and Refused."""
    from gameday.model import Mode

    selected = select_scenario(prepared)
    scenario, drawn = selected.scenario, selected.drawn
    informed = not drawn.is_blind if drawn else roster is None
    mode = Mode.SOLO if roster is None else Mode.FACILITATED
    plan = plan_new_drill(prepared, scenario, mode, informed=informed)
    if roster is None:
        return PlanWithPeople(plan, drawn=drawn)
    file = RosterFile(roster, prepared.folder.role_history)
    return PlanWithPeople(plan, assign_roles(file, scenario), roster, drawn)


def plan_new_drill(
    prepared: PreparedDrill, scenario: Scenario, mode: Mode, *, mitigation: str = "", informed: bool = False
) -> Plan:
    """Plan one drill under a new name."""
    from gameday.drill import planning
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.files.scenario import adapt_to_environment
    from gameday.markers import new_drill_id

    environment = prepared.selected.environment
    adapted = adapt_to_environment(scenario, environment)
    name = new_drill_id(frozenset(prepared.store.drills()))
    return planning.make_plan(
        name,
        adapted,
        environment,
        mode,
        InjectorRegistry(),
        seed=prepared.seed,
        mitigation=mitigation,
        informed=informed,
    )


def create_runner(
    plan: Plan,
    selected: SelectedEnvironment,
    store: DrillStore,
    folder: DataFolder,
    view: View,
    token: str,
    route_signals: RouteSignals,
    timing: Timing,
    cast: Cast | None = None,
) -> Runner:
    """Create the runner of a drill. A demo that was started for it also stops if this process dies.

    `cast`: the roles of the people who may take part from a chat."""
    from gameday.app.chat_people import find_chat_people
    from gameday.clock import SystemClock
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.runner import Runner

    stop_demo = (sys.executable, "-m", "gameday.demo.stop", str(selected.demo_home))
    return Runner(
        plan, store=store, folder=folder, injectors=InjectorRegistry(), view=view, clock=SystemClock(),
        token=token, route_signals=route_signals,
        afterwards=stop_demo if selected.on_demand else (), place=str(selected.demo_home or ""), timing=timing,
        opening=opening_events(plan), chat_people=find_chat_people(plan.environment, selected.roster, cast),
    )  # fmt: skip


def _preload_modules() -> None:
    """Load what is needed after the end while preflight waits for readings."""
    for name in ("gameday.scorecards.render", "gameday.review.save"):
        importlib.import_module(name)


def _is_halted(store: DrillReader, drill: str) -> bool:
    from gameday.events import Ended, of_type
    from gameday.model import EndReason

    return any(event.body.reason is EndReason.HALTED for event in of_type(store.events(drill), Ended))
