"""`gameday run`: files, environment, plan, drill, review; one step after the other."""

from __future__ import annotations

import importlib
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from gameday.app.environment_selection import (
    SelectedEnvironment,
    create_runner,
    find_environment,
    select_environment,
    stop_demo,
)
from gameday.cli.check import read_for
from gameday.cli.output import print_output, print_status
from gameday.cli.run_summary import print_run_summary
from gameday.errors import BadArguments, Exit, Interrupted

if TYPE_CHECKING:
    from gameday.cli.facilitated_run import People
    from gameday.drill.injector_registry import Registry
    from gameday.drill.runner import DrillResult
    from gameday.model import Mode, Plan, Scenario
    from gameday.store.sqlite import Store


@click.command()
@click.argument("file", required=False, default="")
@click.option("--env", "environment", help="The environment; else default_env of gameday.yaml, else demo.")
@click.option("--rehearse", is_flag=True, help="No people: the responders' part is played from the file.")
@click.option("--first-mitigation", is_flag=True, help="Rehearse only the first mitigation.")
@click.option("--solo", is_flag=True, help="You respond alone, also where there is a roster.")
@click.option("--draw", is_flag=True, help="Solo, blind: one of the library (or of the folder FILE) that fits here.")
@click.option("--roster", type=click.Path(path_type=Path), help="Who there is; else the roster of gameday.yaml.")
@click.option("--private", is_flag=True, help="Nobody watches this screen: it stays in the facilitator's view.")
@click.option("--lines", is_flag=True, help="With people: lines in place of the screen, for a screen reader.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Draw hidden delays and choices from this number.")
@click.option("--reviews", type=click.Path(path_type=Path), help="Where the review goes; else beside the store.")
@click.option("--yes-production", metavar="NAME", help="For an environment marked production: its name, typed out.")
def command(
    file: str, environment: str | None, rehearse: bool, first_mitigation: bool, solo: bool, draw: bool,
    roster: Path | None, private: bool, lines: bool, seed: int | None, reviews: Path | None, yes_production: str | None,
) -> Exit:  # fmt: skip
    """Run the scenario FILE (a path, or a name in the shipped library).

    At a terminal with a roster it is facilitated; without one you respond alone; --rehearse needs nobody."""
    _require_responder(file, rehearse=rehearse, draw=draw)
    _install_signal_handlers()
    _set_process_title("gameday run")
    from gameday.cli.facilitated_run import People

    with _announce_early_abort():
        scenario = _scenario(None if draw else file, environment, yes_production)
        store, injectors = _open_recovered_store()
        where = select_environment(environment, print_status, start_demo=True)
    try:
        print_output(where.description)
        for note in where.notes:
            print_status(note)
        seed = secrets.randbelow(2**31) if seed is None else seed
        if scenario is not None and rehearse:
            mitigations = scenario.mitigations[:1] if first_mitigation else scenario.mitigations
            return print_run_summary(
                _rehearse(scenario, where, mitigations or ("",), store, injectors, seed), store, reviews
            )
        roster = None if solo or draw else roster or where.roster
        return _with_people(
            scenario, file, where, store, injectors, seed, roster, People(None, private, lines), reviews
        )
    finally:
        stop_demo(where)


@contextmanager
def _announce_early_abort() -> Iterator[None]:
    """Whoever stops it here hears that there is nothing to look after."""
    try:
        yield
    except KeyboardInterrupt:
        print_status("No drill had begun: no fault was applied, and there is nothing to review.")
        raise


def _require_responder(file: str, *, rehearse: bool, draw: bool) -> None:
    """Raises BadArguments with what to pass."""
    if not file and not draw:
        raise BadArguments("which scenario?", "Name it: gameday run db-slowdown.yaml; or draw one blind: --draw")
    if rehearse and draw:
        raise BadArguments("--draw is for a person who responds, and --rehearse needs nobody", "Leave one out")
    if not rehearse and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadArguments(
            "`gameday run` needs to be told who responds: there is no terminal here",
            f"Without people: gameday run {file or 'FILE'} --rehearse. With people: at a terminal",
        )


def _scenario(file: str | None, name: str | None, yes_production: str | None) -> Scenario | None:
    """Before anything is started: may a drill be there, and can this one be played there? None is still to be drawn."""
    from gameday.drill.planning import require_drills_allowed

    environment = find_environment(name)
    require_drills_allowed(environment, yes_production)
    return None if file is None else read_for(file, environment)


def _open_recovered_store() -> tuple[Store, Registry]:
    """The store, once what earlier runs left is put back. Raises Dirty when something is left."""
    from gameday.drill.injector_registry import Registry
    from gameday.drill.revert.recover import dirty_error, recover
    from gameday.store.open import open_store
    from gameday.store.paths import runtime_folder

    runtime_folder()
    store, injectors = open_store(), Registry()
    left = recover(store, injectors, print_status, "a new run found it without an owner")
    if left:
        raise dirty_error(left, store)
    return store, injectors


def _with_people(
    scenario: Scenario | None, file: str, where: SelectedEnvironment, store: Store, injectors: Registry, seed: int,
    roster: Path | None, people: People, reviews: Path | None,
) -> Exit:  # fmt: skip
    """Facilitated where there is a roster, else alone."""
    from gameday.cli.facilitated_run import run_with_people
    from gameday.cli.role_assignment import draw_scenario, require_cast
    from gameday.model import Mode
    from gameday.store.paths import role_history_path
    from gameday.terminal.view_factory import supports_screen

    informed = roster is None
    if scenario is None:
        path, blind = draw_scenario(file, where.environment, seed)
        scenario, informed = read_for(str(path), where.environment), not blind
    mode = Mode.SOLO if roster is None else Mode.FACILITATED
    plan = _plan(scenario, where, "", store, injectors, seed, mode, informed=informed)
    record = role_history_path(store.path)
    cast = require_cast(roster, scenario, plan.drill, seed, record) if roster is not None else None
    people = replace(people, cast=cast, roster=roster, lines=people.lines or not supports_screen(os.environ))
    return run_with_people(plan, where, store, people, reviews)


def _set_process_title(text: str) -> None:
    """A process list shows no file's name: it would tell what the fault is."""
    from setproctitle import setproctitle

    setproctitle(text)


def _install_signal_handlers() -> None:
    """Until a drill has begun, TERM and HUP end the program as Ctrl-C does."""

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        raise Interrupted

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupted)


def _rehearse(
    scenario: Scenario,
    where: SelectedEnvironment,
    mitigations: Sequence[str],
    store: Store,
    injectors: Registry,
    seed: int,
) -> list[DrillResult]:
    from gameday.model import Mode

    ended: list[DrillResult] = []
    for mitigation in mitigations:
        plan = _plan(scenario, where, mitigation, store, injectors, seed, Mode.REHEARSAL)
        ended.append(_drill(plan, where, store, injectors))
        if ended[-1].left or ended[-1].fenced or _halted(store, plan.drill):
            break
    return ended


def _plan(
    scenario: Scenario,
    where: SelectedEnvironment,
    mitigation: str,
    store: Store,
    injectors: Registry,
    seed: int,
    mode: Mode,
    *,
    informed: bool = False,
) -> Plan:
    from gameday.drill.planning import make_plan
    from gameday.files.scenario import adapt_to_environment
    from gameday.markers import new_drill_id

    ready = adapt_to_environment(scenario, where.environment)
    name = new_drill_id(frozenset(store.drills()))
    return make_plan(
        name, ready, where.environment, mode, injectors, seed=seed, mitigation=mitigation, informed=informed
    )


def _drill(plan: Plan, where: SelectedEnvironment, store: Store, injectors: Registry) -> DrillResult:
    from gameday.drill.control import facilitator_token
    from gameday.terminal.view_factory import create_view

    _set_process_title(f"gameday {plan.drill}")
    secret = facilitator_token.new()
    print_output(f"drill {plan.drill}; facilitator's other terminals: export {facilitator_token.VARIABLE}={secret}")
    view = create_view(sys.stdout.isatty(), os.environ, secret)
    runner = create_runner(plan, where, store, injectors=injectors, view=view, token=secret)
    threading.Thread(target=_preload_modules, daemon=True).start()
    try:
        return runner.run()
    finally:
        _install_signal_handlers()


def _preload_modules() -> None:
    """What is needed only after ENDEX is loaded while preflight waits for readings."""
    for name in ("gameday.scorecards.render", "gameday.review.save"):
        importlib.import_module(name)


def _halted(store: Store, drill: str) -> bool:
    from gameday.model import EndReason

    return any(event.kind == "end" and event.data["reason"] == EndReason.HALTED for event in store.events(drill))
