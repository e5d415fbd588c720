"""Restoration of actions that ran in a drill and of its load: undone, or recorded as owed.

The log names what to restore, and in which processes it ran, so that runner, guardian and `halt` can all do it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from gameday.clients.command_processes import end_group, group_members, labelled_groups
from gameday.command_text import format_command
from gameday.drill.environment_commands import run_command
from gameday.events import (
    ActionFinished,
    ActionStarted,
    CleanupRecorded,
    CleanupResult,
    CommandStarted,
    Event,
    LoadStarted,
    NewEvent,
    PhaseChanged,
    of_type,
)
from gameday.model import COMMAND_TIMEOUT_S, Environment, Phase
from gameday.process_identity import ProcessIdentity
from gameday.store.revert_journal import Command

LOAD = "load"
NO_UNDO_COMMAND: CleanupResult = "no-undo"
Commands = Mapping[str, Command]
POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Commands of one drill's actions. `undo` None: unknown, for a takeover that has the log alone.

    `announce` is called with the item before it is undone: that may take as long as its command may run."""

    drill: str
    record: Callable[[NewEvent], None]
    undo: Commands | None
    folder: Path | None = None
    announce: Callable[[str], None] = lambda _: None
    timeouts: Mapping[str, float] = field(default_factory=dict[str, float])

    def timeout(self, item: str) -> float:
        """Return the seconds that a command of an item may take."""
        return self.timeouts.get(item, COMMAND_TIMEOUT_S)

    def run(self, item: str, command: Sequence[str], *, undoes: bool = False) -> str:
        """Run a command of an item and record its process; return its error."""
        return run_command(
            command, item_label(self.drill, item), partial(self._record_start, item, undoes), self.folder,
            self.timeout(item),
        )  # fmt: skip

    def cleanup(self, item: str, result: CleanupResult, text: str) -> NewEvent:
        """Return the record of a cleanup; one that is owed names the command for a person."""
        return NewEvent(CleanupRecorded(item, result, text, self._by_hand(item) if result == "owed" else ""))

    def _by_hand(self, item: str) -> str:
        words = (self.undo or {}).get(item, ())
        place = f", in {self.folder}" if self.folder else ""
        return f"{format_command(words)}{place}" if words else ""

    def _record_start(self, item: str, undoes: bool, process: ProcessIdentity) -> None:
        self.record(
            NewEvent(CommandStarted(item, process.host, process.pid, process.born, process.boot, undoes=undoes))
        )


def make_command_context(drill: str, record: Callable[[NewEvent], None], environment: Environment) -> CommandContext:
    """Return the commands of a drill in an environment; an action without an undo command has none."""
    undo = {name: action.undo for name, action in environment.actions.items() if action.undo}
    timeouts = {name: action.timeout for name, action in environment.actions.items()}
    if environment.load:
        undo, timeouts = {**undo, LOAD: environment.load.stop}, {**timeouts, LOAD: environment.load.timeout}
    return CommandContext(drill, record, undo, environment.command_folder, timeouts=timeouts)


def item_label(drill: str, item: str) -> str:
    """Return the label of an item's processes."""
    return f"{drill}/{item}"


def actions_to_restore(events: Iterable[Event]) -> list[str]:
    """Return the actions that ran or may have, and `load` if the drill started it, newest first.

    A failed action counts: it may have changed something. Those whose cleanup is recorded are left out: an undo that
    failed is not repeated, because a person may have run it meanwhile.
    """
    items: dict[str, None] = {}
    recorded: set[str] = set()
    for event in events:
        match event.body:
            case ActionStarted(action=item) | ActionFinished(action=item):
                items[item] = None
            case LoadStarted():
                items[LOAD] = None
            case CleanupRecorded(item=item):
                recorded.add(item)
            case _:
                pass
    return [item for item in reversed(items) if item not in recorded]


def unfinished_actions(events: Iterable[Event]) -> list[str]:
    """Return the actions that started and whose end is not recorded: they may still run."""
    started: dict[str, bool] = {}
    for event in events:
        match event.body:
            case ActionStarted(action=action):
                started[action] = True
            case ActionFinished(action=action):
                started[action] = False
            case _:
                pass
    return [action for action, is_running in started.items() if is_running]


def pending_on_halt_actions(events: Sequence[Event], actions: Iterable[str]) -> list[str]:
    """Return the actions on a halt that have not succeeded since the drill began to close."""
    closing = (
        index
        for index, event in enumerate(events)
        if isinstance(event.body, PhaseChanged) and event.body.after is Phase.REVERTING
    )
    began = next(closing, len(events))
    done = {event.body.action for event in of_type(events[began:], ActionFinished) if event.body.succeeded}
    return [action for action in actions if action not in done]


def restore_actions(items: Iterable[str], events: Sequence[Event], context: CommandContext) -> None:
    """Run the undo command of each action; one that fails is owed.

    An action without one may leave nothing to undo, such as a restart: that it ran is recorded.
    """
    for item in items:
        context.record(context.cleanup(item, *_restore_action(item, events, context)))


def _restore_action(item: str, events: Sequence[Event], context: CommandContext) -> tuple[CleanupResult, str]:
    if context.undo is None:
        return "owed", f"{item}: its undo command is unknown without the environment's file"
    undo = context.undo.get(item)
    context.announce(item)
    wait = context.timeout(item) if undo is None else 0.0
    if running := end_commands(item, events, item_label(context.drill, item), wait):
        return "owed", f"{item}: its command still runs ({running}), so it was not undone"
    if undo is None:
        return NO_UNDO_COMMAND, f"{item} ran and has no undo command: check whether anything is left"
    error = context.run(item, undo, undoes=True)
    return (
        ("owed", f"{item}: {error}") if error else ("restored", f"{item} was undone{_survivors(item, events, context)}")
    )


def _survivors(item: str, events: Sequence[Event], context: CommandContext) -> str:
    """Return which processes that a finished action started still run: it may be what the action is for."""
    name = item_label(context.drill, item)
    pids = [pid for process in _processes(item, events) for pid in group_members(process, name)]
    return (
        f"; processes that it started are still running ({', '.join(map(str, pids))}), which may be its purpose"
        if pids
        else ""
    )


def end_commands(item: str, events: Sequence[Event], name: str, wait: float = 0.0) -> str:
    """End the commands of an item that have not finished, or wait so many seconds; return what still runs.

    What a finished action left in the background is its effect, and left alone.
    """
    is_unfinished = item in unfinished_actions(events)
    labelled = labelled_groups(name) if is_unfinished else []
    for process in dict.fromkeys([*_processes(item, events), *labelled]):
        if process.alive() is None:
            return f"process {process.pid} on {process.host}, as far as can be seen from here"
        if not is_unfinished and not process.alive():
            continue
        running = _await_group(process, name, wait) if wait else end_group(process, name)
        if running:
            return f"process {', '.join(map(str, running))}"
    return ""


def _await_group(process: ProcessIdentity, name: str, seconds: float) -> list[int]:
    """Wait until the process and its group have ended; return what still runs."""
    until = time.monotonic() + seconds
    while (running := group_members(process, name)) and time.monotonic() < until:
        time.sleep(POLL_INTERVAL_S)
    return running


def _processes(item: str, events: Sequence[Event]) -> list[ProcessIdentity]:
    return list(
        dict.fromkeys(event.body.process for event in of_type(events, CommandStarted) if event.body.item == item)
    )
