"""`gameday run`: files, environment, plan, drill, review; one step after the other."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from gameday.cli.say import out, say
from gameday.cli.told import tell
from gameday.cli.where import Where, demo_down, find_where, stop_demo
from gameday.errors import BadArguments, Exit

if TYPE_CHECKING:
    from gameday.drill.registry import Registry
    from gameday.drill.runner import Ended
    from gameday.model import Plan, Scenario
    from gameday.store.sqlite import Store


@click.command()
@click.argument("file")
@click.option("--env", "environment", help="The environment; else default_env of gameday.yaml, else demo.")
@click.option("--rehearse", is_flag=True, help="No people: the responders' part is played from the file.")
@click.option("--first-way-out", is_flag=True, help="Rehearse the first way out alone.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Draw hidden delays and choices from this number.")
@click.option("--reviews", type=click.Path(path_type=Path), help="Where the review goes; else beside the store.")
@click.option("--yes-production", metavar="NAME", help="For an environment marked production: its name, typed out.")
def command(
    file: str, environment: str | None, rehearse: bool, first_way_out: bool, seed: int | None, reviews: Path | None,
    yes_production: str | None,
) -> Exit:  # fmt: skip
    """Run the scenario FILE (a path, or a name in the shipped library)."""
    if not rehearse:
        raise BadArguments(
            "`gameday run` needs to be told who responds",
            "Without people: gameday run " + file + " --rehearse",
        )
    _ends_by_signal()
    _title("gameday run")
    scenario = _read(file)
    from gameday.drill.planning import allowed_here
    from gameday.drill.registry import Registry
    from gameday.drill.undo.recover import dirty, recover
    from gameday.store.open import open_store
    from gameday.store.places import runtime_folder

    runtime_folder()
    store, injectors = open_store(), Registry()
    left = recover(store, injectors, say, "a new run found it without an owner")
    if left:
        raise dirty(left, store)
    where = find_where(environment, say, start_demo=True)
    try:
        out(where.said)
        allowed_here(where.environment, yes_production)
        ways = scenario.ways_out[:1] if first_way_out else scenario.ways_out
        ended = _rehearse(scenario, where, ways or ("",), store, injectors, seed)
        return tell(ended, store, reviews)
    finally:
        stop_demo(where)


def _read(file: str) -> Scenario:
    from gameday.files.lookup import find_scenario
    from gameday.files.scenario import read_scenario

    return read_scenario(find_scenario(file))


def _title(text: str) -> None:
    """A process list shows no file's name: it would tell what the fault is."""
    from setproctitle import setproctitle

    setproctitle(text)


def _ends_by_signal() -> None:
    """Until a drill has begun, TERM and HUP end the program as Ctrl-C does."""

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, interrupted)


def _rehearse(
    scenario: Scenario, where: Where, ways: Sequence[str], store: Store, injectors: Registry, seed: int | None
) -> list[Ended]:
    ended: list[Ended] = []
    for way_out in ways:
        plan = _plan(scenario, where, way_out, store, injectors, seed)
        ended.append(_drill(plan, where, store, injectors))
        if ended[-1].left or ended[-1].fenced or _halted(store, plan.drill):
            break
    return ended


def _plan(scenario: Scenario, where: Where, way_out: str, store: Store, injectors: Registry, seed: int | None) -> Plan:
    import secrets

    from gameday.drill.marks import code_name
    from gameday.drill.planning import make_plan
    from gameday.files.ready import ready_for
    from gameday.model import Mode

    ready = ready_for(scenario, where.environment)
    name = code_name(frozenset(store.drills()))
    drawn = secrets.randbelow(2**31) if seed is None else seed
    return make_plan(name, ready, where.environment, Mode.REHEARSAL, injectors, seed=drawn, way_out=way_out)


def _drill(plan: Plan, where: Where, store: Store, injectors: Registry) -> Ended:
    import os

    from gameday.clock import SystemClock
    from gameday.drill.reach import token
    from gameday.drill.runner import Runner
    from gameday.terminal.choose import choose_view

    _title(f"gameday {plan.drill}")
    secret = token.new()
    out(f"drill {plan.drill}; facilitator's other terminals: export {token.VARIABLE}={secret}")
    view = choose_view(sys.stdout.isatty(), os.environ, secret)
    afterwards = demo_down(where) if where.on_demand else ()
    runner = Runner(plan, store, injectors, view, SystemClock(), secret, afterwards, str(where.demo_home or ""))
    threading.Thread(target=_load_ahead, daemon=True).start()
    try:
        return runner.run()
    finally:
        _ends_by_signal()


def _load_ahead() -> None:
    """What is needed only after ENDEX is loaded while preflight waits for readings."""
    for name in ("gameday.scorecards.render", "gameday.review.write"):
        importlib.import_module(name)


def _halted(store: Store, drill: str) -> bool:
    from gameday.model import EndReason

    return any(event.kind == "end" and event.data["reason"] == EndReason.HALTED for event in store.events(drill))
