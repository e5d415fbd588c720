"""`gameday plan`: who, what, when, each object that would be touched, and how it would be reverted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.app.environment_selection import find_environment, select_environment
from gameday.cli.check import read_for
from gameday.cli.output import print_output, print_status
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.model import Plan


@click.command()
@click.argument("file")
@click.option("--env", "environment", help="The environment; else default_env of gameday.yaml, else demo.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Show what `run` with this number would draw.")
def command(file: str, environment: str | None, seed: int | None) -> Exit:
    """Show what `run` would do with FILE. Makes no mutating call."""
    from gameday.drill.injector_registry import Registry
    from gameday.drill.planning import interference_warnings, make_plan, preview_intents
    from gameday.files.scenario import adapt_to_environment
    from gameday.model import Mode
    from gameday.terminal.plan_report import plan_lines

    scenario = read_for(file, find_environment(environment))
    where = select_environment(environment, print_status, start_demo=False)
    _not_while_running(where.environment.name)
    injectors = Registry()
    ready = adapt_to_environment(scenario, where.environment)
    plan = make_plan("gd-0000", ready, where.environment, Mode.FACILITATED, injectors, seed=seed or 0)
    print_output(where.description)
    for note in where.notes:
        print_status(note)
    intents = preview_intents(plan, injectors, drawn=seed is not None)
    for line in plan_lines(plan, intents, interference_warnings(intents, injectors)):
        print_output(line)
    _who(plan, where.roster)
    return Exit.HELD


def _not_while_running(environment: str) -> None:
    """While a drill runs there, only its facilitator may look."""
    from gameday.drill.control.facilitator_token import require_ended_or_token
    from gameday.drill.control.running_drills import list_running
    from gameday.store.open import open_for_revert

    for note in list_running():
        store = open_for_revert(note.folder) if note.environment == environment else None
        if store is not None and note.drill in store.unfinished():
            require_ended_or_token(store.events(note.drill), note.drill, store.token_digest(note.drill))


def _who(plan: Plan, roster: Path | None) -> None:
    """Who would hold which role if it began now, and what decided it; without a roster nobody is named."""
    from gameday.cli.role_assignment import propose_cast
    from gameday.store.paths import data_folder

    if roster is None:
        return
    cast = propose_cast(roster, plan.scenario, plan.drill, plan.seed, data_folder().role_history)
    for role, person in cast.holders():
        print_output(f"role        {role}: {cast.name(person)}")
    for role in cast.assignment.unfilled:
        print_output(f"role        {role}: nobody can")
    for reason in cast.assignment.reasons:
        print_output(f"  because   {reason}")
    print_output("  (of equal turns each drill draws anew)")
