"""Record of a drill: its registration, its journal, its log until all of it is in the store, and its result."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gameday.drill.control import drill_registry
from gameday.drill.control.drill_registry import RunningDrill
from gameday.drill.log import Log
from gameday.drill.revert.restore_actions import CommandContext
from gameday.errors import Refused
from gameday.events import Event
from gameday.model import Plan
from gameday.plugins.types import Intent
from gameday.process_identity import current_process
from gameday.store.outstanding import OwedCleanup
from gameday.store.paths import DataFolder
from gameday.store.revert_journal import JournalHeader, RevertJournal

WRITE_GRACE_S = 2.0
WRITE_TIMEOUT_S = 120.0
"""At the end, for the log to be written to a store that another process has locked."""


@dataclass(frozen=True, slots=True)
class DrillResult:
    """Result of a drill: the faults that could not be reverted; `fenced` if another process owns it now.

    `owed`: the actions that were not undone.

    `unwritten`: the whole log, if the store could not be written, and `unwritten_reason`.
    """

    drill: str
    outstanding: Sequence[Intent] = ()
    fenced: bool = False
    unwritten: Sequence[Event] = ()
    unwritten_reason: str = ""
    owed: Sequence[OwedCleanup] = ()


class DrillRecord:
    """Record of one drill. `place`: the folder of the demo, where the environment is one."""

    def __init__(self, plan: Plan, folder: DataFolder, log: Log, commands: CommandContext, place: str) -> None:
        environment = plan.environment
        self.running = RunningDrill(plan.drill, environment.name, folder, place, environment.project)
        self._plan = plan
        self._log = log
        self._commands = commands

    def register(self) -> None:
        """Register the drill and begin its journal. Raises Refused if the runtime folder cannot be written."""
        drill_registry.register(self.running)
        try:
            self._journal = RevertJournal.create(self.running.journal_path, self._header())
        except OSError as error:
            raise Refused(f"{self.running.journal_path} cannot be written: {error.strerror}") from error
        self._log.keep_journal(self._journal)

    def _header(self) -> JournalHeader:
        environment = self._plan.environment
        on_halt = {action: environment.actions[action].do for action in self._plan.scenario.on_halt}
        data, folder = str(self.running.folder.path), str(environment.command_folder or Path.cwd())
        undo = self._commands.undo or {}
        return JournalHeader(
            self._plan.drill, environment.name, current_process(), data, folder, undo, on_halt, self._commands.timeouts
        )

    def wait_until_written(self, *, is_closed: bool = True) -> str:
        """Wait until the log is written; return why it is not. A closed drill keeps its journal until then."""
        self._log.check_in_place()
        reason = self._log.lost or self._write_all()
        if is_closed and (self._log.lost or not reason):
            drill_registry.unregister(self._plan.drill)
        return f"{reason}{self._save_log()}" if reason else ""

    def _write_all(self) -> str:
        """Wait for a store that another process has locked; return why not everything is written."""
        if self._log.flush(WRITE_GRACE_S):
            return ""
        if not self._log.store_error:
            with suppress(OSError):
                print("gameday: waiting for the store, to write the log ...", file=sys.stderr, flush=True)
            if self._log.flush(WRITE_TIMEOUT_S):
                return ""
        return f"the store cannot be written: {self._log.store_error or 'another process has locked it'}"

    def _save_log(self) -> str:
        """Save the log beside the store; return where it is."""
        path = self.running.folder.lost_log(self._plan.drill)
        return f". The log: {path}" if self._journal.save_copy(path) else ""
