"""Unfinished drills of this user: running, or left behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gameday.app.doctor.finding import Finding, Mark
from gameday.app.running_drills import describe_elsewhere
from gameday.errors import GamedayError, Refused

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.plugins.types import Intent
    from gameday.store.protocols import DrillReader

PRESENCE_TIMEOUT_S = 3.0


def check_unfinished(environment: str | None) -> Iterator[Finding]:
    """Report unfinished drills, by the store and by the runtime folder; reverting them is for `gameday halt`.

    One that runs in `environment` (None: the default one) keeps another from starting there.
    """
    from gameday.app.running_drills import current_project, is_visible_from, list_running
    from gameday.store.open import open_read_only

    store, here, running = open_read_only(), current_project(), list_running()
    checked = _checked_environment(environment)
    drills = [drill for drill in store.unfinished() if is_visible_from(store.project(drill), here)] if store else []
    for drill in drills:
        assert store is not None
        yield _describe(store, drill, checked)
    unknown = [drill for drill in running.drills if drill.drill not in drills]
    others = [finding for drill in unknown for finding in _describe_other(drill, checked)]
    yield from others
    owed = list(_not_undone(checked))
    yield from owed
    if not drills and not others and not owed:
        yield Finding(Mark.OK, "drills", "none running, none left behind")
    for elsewhere in running.elsewhere:
        yield Finding(Mark.OK, "drills", describe_elsewhere(elsewhere))


def _not_undone(checked: tuple[str, str] | None) -> Iterator[Finding]:
    """Report actions that earlier drills did not undo in the checked environment: no drill can start there."""
    from gameday.drill.revert.owed_cleanups import close_hint, describe_owed, find_environment_cleanups
    from gameday.store.open import open_read_only

    store = open_read_only()
    if store is None or checked is None:
        return
    for owed in find_environment_cleanups(store, *checked):
        yield Finding(Mark.BAD, "drills", f"not undone:\n{describe_owed([owed])}", close_hint([owed.drill]))


def _checked_environment(name: str | None) -> tuple[str, str] | None:
    """Return project and name of the environment that is checked; None if it cannot be read."""
    from gameday.app.environment_selection import read_environment

    try:
        environment = read_environment(name)
    except GamedayError:  # the check of the environment reports it
        return None
    return environment.project, environment.name


def _describe_other(drill: RunningDrill, checked: tuple[str, str] | None) -> Iterator[Finding]:
    """Describe a registered drill that this store does not know as unfinished: its own is another."""
    from gameday.app.running_drills import ping_drill
    from gameday.store.open import open_for_revert

    if ping_drill(drill):
        yield _running(drill.drill, drill.project, drill.environment, checked)
        return
    store = open_for_revert(drill.folder)
    if store is None or drill.drill not in store.drills():
        lost = f"{drill.drill} in {drill.environment} does not respond, and its store is gone"
        todo = f"Search the engines: gameday halt --sweep {drill.environment}"
        yield Finding(Mark.BAD, "drills", lost, todo)
    elif drill.drill in store.unfinished():
        yield _describe(store, drill.drill, checked)


def _running(drill: str, project: str, environment: str, checked: tuple[str, str] | None) -> Finding:
    """Return the finding of a running drill: it blocks its own environment and no other."""
    say = f"{drill} is running in {environment}"
    if (project, environment) != checked:
        return Finding(Mark.OK, "drills", say)
    todo = f"The next drill in {environment} can start when it has ended. To end it: gameday stop"
    return Finding(Mark.BAD, "drills", say, todo, is_running_drill=True)


def _describe(store: DrillReader, drill: str, checked: tuple[str, str] | None) -> Finding:
    from gameday.store.outstanding import outstanding_intents

    owner, environment = store.owner(drill), store.environment(drill)
    if owner is not None and owner.alive() is not False:
        return _running(drill, store.project(drill), environment, checked)
    left = _without_absent(list(outstanding_intents(store.events(drill)).values()))
    if not left:
        return Finding(
            Mark.LACKS, "drills", f"{drill} was interrupted; all its faults are removed", "Close it: gameday halt"
        )
    markers = "\n".join(f"{intent.marker}: {intent.target_text}" for intent in left)
    return Finding(Mark.BAD, "drills", f"{drill} was left behind:\n{markers}", "Revert it: gameday halt")


def _without_absent(intents: Sequence[Intent]) -> list[Intent]:
    """Return the faults that their engine does not report absent: another guardian may have reverted some."""
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.plugins.types import Presence

    injectors = InjectorRegistry()

    def is_absent(intent: Intent) -> bool:
        try:
            injector = injectors[intent.injector]
            return injector.presence(intent, intent.deadline(PRESENCE_TIMEOUT_S)) is Presence.ABSENT
        except Refused:
            return False

    return [intent for intent in intents if not is_absent(intent)]
