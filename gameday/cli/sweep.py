"""`gameday halt --sweep ENV`: what is ours on the engines, found with no store at all, listed with its age."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from gameday.cli.notes import forget
from gameday.cli.running import no_spoiler, running, said_age
from gameday.cli.say import out, say
from gameday.cli.where import find_where
from gameday.errors import Dirty, Exit

if TYPE_CHECKING:
    from gameday.contract import Intent
    from gameday.drill.registry import Registry
    from gameday.events import Draft


def sweep_environment(name: str, *, yes: bool) -> Exit:
    """Lists, asks, reverts. A running drill's are left alone. Raises Dirty."""
    from gameday.drill.registry import Registry

    injectors = Registry()
    found = _strays(name, injectors)
    now = running()
    for intent in found:
        out(_line(intent, now))
    strays = [intent for intent in found if intent.drill not in now]
    if not strays:
        forget(name)
        out(f"Nothing {'else ' if found else ''}of ours is left in environment {name}.")
        return Exit.HELD
    if not yes and not click.confirm(f"Revert {len(strays)} of these? A colleague's drill may be running", err=True):
        out("Nothing was touched.")
        return Exit.REFUSED
    ended = _revert(strays, injectors)
    forget(name)
    return ended


def _line(intent: Intent, now: Mapping[str, bool]) -> str:
    """A running drill's says what it touches to that drill's facilitator alone."""
    if now.get(intent.drill) is False:
        return no_spoiler(intent)
    kept = "  (a running drill's; left alone)" if intent.drill in now else ""
    return f"{intent.mark}  {said_age(intent)} old  {intent.touches}{kept}"


def _strays(name: str, injectors: Registry) -> list[Intent]:
    from gameday.contract import Deadline

    targets = find_where(name, say, start_demo=False).environment.targets.values()
    found = [stray for binding in targets for stray in injectors[binding.injector].strays(binding, Deadline.after(5.0))]
    return list({intent.mark: intent for intent in found}.values())


def _revert(strays: list[Intent], injectors: Registry) -> Exit:
    from gameday.clock import SystemClock
    from gameday.drill.undo.revert import Patience, take_back

    left = take_back(strays, injectors, _record, SystemClock(), Patience())
    if left:
        marks = ", ".join(intent.mark for intent in left)
        raise Dirty(f"DIRTY: still there: {marks}", "By hand: " + "; ".join(intent.reverts for intent in left))
    out(f"{len(strays)} reverted, and read back as gone.")
    return Exit.HELD


def _record(draft: Draft) -> None:
    if draft.kind == "not-yet":
        say(f"{draft.data['mark']}: {draft.data['why']}")
