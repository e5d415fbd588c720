"""The hand-back: what the drill's people and its preflight changed, and is no fault, is put back or said to be owed.

What is to be handed back is read from the log, so that whoever ends a drill knows it: runner, guardian or `halt`.
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
"""Whoever takes over has the log alone, and no environment."""


def actions_to_restore(events: Iterable[Event]) -> list[str]:
    """The actions that were taken, or begun without a word of how they ended, and `load` if the drill started it,
    without a hand-back yet; newest first."""
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
    """What was to be handed back and was not: a person has to."""
    last = {event.body.item: event.body.result for event in of_type(list(events), CleanedUp)}
    return [item for item, result in last.items() if result == "owed"]


def undo_commands(environment: Environment) -> dict[str, tuple[str, ...]]:
    """What takes each thing back here; nothing for what the environment does not say."""
    undo = {name: action.undo for name, action in environment.actions.items() if action.undo}
    return {**undo, LOAD: environment.load.stop} if environment.load else undo


def restore_actions(items: Iterable[str], known: Commands, record: Callable[[NewEvent], None]) -> None:
    """Run the command of each; what fails is owed. What has none may be nothing that can be taken back, as a restart:
    that it was done is said."""
    for item in items:
        result, say = _restore_action(item, known)
        record(NewEvent(CleanedUp(item, result, say)))


def _restore_action(item: str, known: Commands) -> tuple[CleanupResult, str]:
    if known is NO_COMMANDS:
        return "owed", f"{item}: its environment's file was not at hand"
    if item not in known:
        return NO_UNDO_COMMAND, f"{item} was done, and nobody named what takes it back: look whether anything is left"
    error = run_command(known[item])
    return ("owed", f"{item}: {error}") if error else ("restored", f"{item} was taken back")
