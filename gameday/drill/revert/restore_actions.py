"""Restoration of actions that ran in a drill and of its load: undone, or recorded as owed.

The log names what to restore, so that runner, guardian and `halt` can all do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from gameday.drill.environment_commands import run_command
from gameday.events import (
    ActionFinished,
    ActionStarted,
    CleanedUp,
    CleanupResult,
    Event,
    LoadStarted,
    NewEvent,
    of_type,
)
from gameday.model import Environment

LOAD = "load"
NO_UNDO_COMMAND: CleanupResult = "no-undo"
Commands = Mapping[str, Sequence[str]]
NO_COMMANDS: Commands = MappingProxyType({})
"""For a takeover that has the log alone, and no environment."""


def actions_to_restore(events: Iterable[Event]) -> list[str]:
    """Return the actions that ran or may have, and `load` if the drill started it, newest first.

    Those that are restored already are left out.
    """
    items: dict[str, None] = {}
    for event in events:
        match event.body:
            case ActionStarted(action=action) | ActionFinished(action=action, succeeded=True):
                items[action] = None
            case ActionFinished(action=action):
                items.pop(action, None)
            case LoadStarted():
                items[LOAD] = None
            case CleanedUp(item=item):
                items.pop(item, None)
            case _:
                pass
    return list(reversed(items))


def unrestored_actions(events: Iterable[Event]) -> list[str]:
    """Return what could not be restored: a person has to."""
    last = {event.body.item: event.body.result for event in of_type(list(events), CleanedUp)}
    return [item for item, result in last.items() if result == "owed"]


def undo_commands(environment: Environment) -> dict[str, tuple[str, ...]]:
    """Return the command that undoes each action here; none for an action without one."""
    undo = {name: action.undo for name, action in environment.actions.items() if action.undo}
    return {**undo, LOAD: environment.load.stop} if environment.load else undo


def restore_actions(items: Iterable[str], known: Commands, record: Callable[[NewEvent], None]) -> None:
    """Run the undo command of each action; one that fails is owed.

    An action without one may leave nothing to undo, such as a restart: that it ran is recorded.
    """
    for item in items:
        result, text = _restore_action(item, known)
        record(NewEvent(CleanedUp(item, result, text)))


def _restore_action(item: str, known: Commands) -> tuple[CleanupResult, str]:
    if known is NO_COMMANDS:
        return "owed", f"{item}: its undo command is unknown without the environment's file"
    if item not in known:
        return NO_UNDO_COMMAND, f"{item} ran and has no undo command: check whether anything is left"
    error = run_command(known[item])
    return ("owed", f"{item}: {error}") if error else ("restored", f"{item} was undone")
