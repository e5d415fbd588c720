"""`gameday plan`: who, what, when, each object that would be touched, and how it would be reverted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gameday.cli.say import out, say
from gameday.cli.where import find_where
from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.contract import Intent
    from gameday.model import Plan


@click.command()
@click.argument("file")
@click.option("--env", "environment", help="The environment; else default_env of gameday.yaml, else demo.")
def command(file: str, environment: str | None) -> Exit:
    """Show what `run` would do with FILE. Makes no mutating call."""
    from gameday.drill.planning import intents, make_plan
    from gameday.drill.registry import Registry
    from gameday.files.lookup import find_scenario
    from gameday.files.ready import ready_for
    from gameday.files.scenario import read_scenario
    from gameday.model import Mode

    scenario = read_scenario(find_scenario(file))
    where = find_where(environment, say, start_demo=False)
    _not_while_running(where.environment.name)
    injectors = Registry()
    ready = ready_for(scenario, where.environment)
    plan = make_plan("gd-0000", ready, where.environment, Mode.FACILITATED, injectors, seed=0, way_out="")
    out(where.said)
    _show(plan, intents(plan, injectors))
    _who(plan, where.roster)
    return Exit.HELD


def _not_while_running(environment: str) -> None:
    """While a drill runs there, only its facilitator may look."""
    from gameday.drill.reach.discovery import look
    from gameday.drill.reach.token import require_ended_or_token
    from gameday.store.open import open_for_undo

    for note in look():
        store = open_for_undo(note.store) if note.environment == environment else None
        if store is not None and note.drill in store.unfinished():
            require_ended_or_token(store.events(note.drill), note.drill, store.token(note.drill))


def _show(plan: Plan, found: list[Intent]) -> None:
    from gameday.units import say_duration

    scenario = plan.scenario
    out(f"what        {scenario.hypothesis}")
    out(f"who         needs {_roles(scenario.roles_needed)}; wants {_roles(scenario.roles_wanted)}")
    out(f"when        timebox {say_duration(scenario.timebox)}")
    for planned, intent in zip(plan.faults, found, strict=True):
        start = planned.fault.start
        params = ", ".join(f"{key} {value}" for key, value in planned.fault.params.items())
        out(f"fault       {planned.fault.id}: {planned.fault.kind} {params} on {planned.fault.target}")
        out(f"  begins    {say_duration(start.low)} to {say_duration(start.high)} after STARTEX, hidden")
        out(f"  touches   {intent.touches}")
        out(f"  reverts   {intent.reverts}")
        out(f"  behind it {intent.behind.value}" + (f", {say_duration(intent.lease)}" if intent.lease else ""))
    for rail in scenario.guardrails:
        out(f"guardrail   {rail.expectation} for {say_duration(rail.hold)}: halts")
    for way_out in scenario.ways_out:
        out(f"way out     {way_out}: {' '.join(plan.environment.actions[way_out].do)}")


def _who(plan: Plan, roster: Path | None) -> None:
    """Who would hold which role if it began now, and what decided it; without a roster nobody is named."""
    import time

    from gameday.files.roster import read_roster
    from gameday.people.rotation import DrillSlot, rotate

    if roster is None:
        return
    people, now = read_roster(roster), time.time()
    scenario = plan.scenario
    slot = DrillSlot(plan.drill, now, now + scenario.timebox, scenario.roles_needed, scenario.roles_wanted)
    assignment = rotate(people, (), slot, plan.seed)
    names = {person.id: person.name for person in people.people}
    for role, held in assignment.holders.items():
        out(f"role        {role}: {', '.join(names[one] for one in held)}")
    for role in assignment.unfilled:
        out(f"role        {role}: nobody can")
    for reason in assignment.reasons:
        out(f"  because   {reason}")


def _roles(roles: tuple[str, ...]) -> str:
    return ", ".join(roles) or "nobody"
