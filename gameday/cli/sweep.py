"""`gameday halt --sweep ENV`: what is ours on the engines, found with no store at all, listed with its age."""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from gameday.app.environment_selection import select_environment
from gameday.app.running_drills import unregister_lost
from gameday.cli.output import print_output, print_status
from gameday.cli.running import no_spoiler, running, said_age
from gameday.cli.timing_variable import read_timing
from gameday.errors import EnvironmentDirty, Exit, Refused

if TYPE_CHECKING:
    from gameday.drill.injector_registry import Registry
    from gameday.events import NewEvent
    from gameday.plugins.types import Intent


def sweep_environment(name: str, *, yes: bool) -> Exit:
    """Lists, asks, reverts. A running drill's are left alone, and a target that cannot be seen keeps nobody from
    sweeping the others. Raises Dirty, and Refused when something could not be seen."""
    from gameday.app.leftover_scan import live_drills, scan_environment
    from gameday.drill.injector_registry import Registry

    injectors = Registry()
    looked = scan_environment(select_environment(name, print_status, start_demo=False).environment, injectors)
    ours = running()
    others = live_drills(
        [one for one in looked.unique_faults if one.drill not in ours], injectors, print_status, read_timing()
    )
    for intent in looked.unique_faults:
        print_output(_line(intent, ours, others))
    for target, why in looked.unseen.items():
        print_status(f"gameday: target {target} cannot be seen: {why}")
    strays = [one for one in looked.unique_faults if one.drill not in ours and one.drill not in others]
    if strays and not _agreed(strays, yes=yes):
        print_output("Nothing was touched.")
        return Exit.REFUSED
    if strays:
        _revert(strays, injectors)
    if looked.unseen:
        raise _not_seen(name, looked.unseen)
    unregister_lost(name)
    if not strays:
        print_output(f"Nothing {'else ' if looked.unique_faults else ''}of ours is left in environment {name}.")
    return Exit.HELD


def _line(intent: Intent, ours: Mapping[str, bool], others: Collection[str]) -> str:
    """A running drill's says what it touches to that drill's facilitator alone."""
    if intent.drill in others or ours.get(intent.drill) is False:
        return no_spoiler(intent)
    kept = "  (a running drill's; left alone)" if intent.drill in ours else ""
    return f"{intent.marker}  {said_age(intent)} old  {intent.target_text}{kept}"


def _agreed(strays: Collection[Intent], *, yes: bool) -> bool:
    """Raises Refused where there is nobody to ask."""
    if yes:
        return True
    if not (sys.stdin and sys.stdin.isatty()):
        raise Refused(
            f"nothing was touched: nobody can be asked here whether to revert {len(strays)} of these",
            "Say it beforehand: --yes. A colleague's drill may be running.",
        )
    return click.confirm(f"Revert {len(strays)} of these? A colleague's drill may be running", err=True)


def _revert(strays: list[Intent], injectors: Registry) -> None:
    from gameday.clock import SystemClock
    from gameday.drill.revert.revert import revert_all

    said: list[NewEvent] = []
    standing = revert_all(strays, injectors, partial(_record, said), SystemClock(), read_timing())
    gone, left = (sum(draft.kind == kind for draft in said) for kind in ("gone", "left"))
    if gone:
        print_output(f"{gone} reverted, and read back as gone.")
    if left:
        print_output(f"{left} left as somebody made it: see above.")
    if standing:
        marks = ", ".join(intent.marker for intent in standing)
        raise EnvironmentDirty(
            f"DIRTY: still there: {marks}", "By hand: " + "; ".join(intent.revert_text for intent in standing)
        )


def _record(said: list[NewEvent], draft: NewEvent) -> None:
    said.append(draft)
    if why := draft.data.get("why"):
        print_status(f"{draft.data['mark']}: {why}")


def _not_seen(name: str, unseen: Collection[str]) -> Refused:
    targets = f"target{'s' if len(unseen) > 1 else ''} {', '.join(unseen)}"
    todo = f"What to do stands above; then again: gameday halt --sweep {name}"
    return Refused(f"whether anything of ours is left on {targets} could not be seen", todo)
