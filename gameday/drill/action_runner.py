"""Actions of the environment that run during a drill, each in a thread; recorded before they start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from gameday.drill.environment_commands import Command, start_error
from gameday.drill.log import Log
from gameday.drill.revert.restore_actions import item_label
from gameday.events import ActionFinished, ActionStarted, CommandStarted, NewEvent
from gameday.model import Environment, Source
from gameday.process_identity import ProcessIdentity
from gameday.store.protocols import Fenced, StoreError

JOIN_MARGIN_S = 10.0
NOT_RUN = "it was not run, because the drill ended"


class ActionRunner:
    """Actions of one drill. `on_end` is called after each; `folder`: where the commands run."""

    def __init__(
        self, environment: Environment, log: Log, on_end: Callable[[], None], folder: Path | None = None
    ) -> None:  # fmt: skip
        self._environment = environment
        self._log = log
        self._on_end = on_end
        self._folder = folder
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._running: dict[int, tuple[str, Command]] = {}
        self._is_ending = False

    def start(self, action: str, step: int | None, source: Source) -> None:
        """Run an action in the background."""
        thread = threading.Thread(target=self.run, args=(action, step, source), daemon=True)
        self._threads.append(thread)
        thread.start()

    def run(self, action: str, step: int | None = None, source: Source = Source.RUNNER) -> str:
        """Run an action to its end and return its error. Nothing is run whose start is not on the disk."""
        try:
            self._log.append_durably(NewEvent(ActionStarted(action), source=source), lambda: self._is_ending)
            error = self._run_command(action)
        except (Fenced, StoreError) as failure:
            error = f"it was not run, because that could not be recorded: {failure}"
        finished = ActionFinished(action, not error, error or f"{action} succeeded", step)
        self._log.append(NewEvent(finished, source=source))
        self._on_end()
        return error

    def _run_command(self, action: str) -> str:
        command = Command(self._environment.actions[action].do, item_label(self._log.drill, action), self._folder)
        try:
            with self._lock:
                if self._is_ending or not self._log.is_owned():
                    return NOT_RUN
                identity = command.start()
                self._running[identity.pid] = (action, command)
        except (OSError, ValueError) as error:
            return start_error(self._environment.actions[action].do, error)
        self._record_start(action, identity)
        try:
            return command.wait(self._environment.actions[action].timeout)
        finally:
            with self._lock:
                del self._running[identity.pid]

    def _record_start(self, action: str, process: ProcessIdentity) -> None:
        self._log.append(NewEvent(CommandStarted(action, process.host, process.pid, process.born, process.boot)))

    def finish(self, *, cancel: bool) -> None:
        """Wait for the actions that are running, so that none finishes after it was undone.

        With `cancel`, those that can be undone are ended at once. Meanwhile none is started.
        """
        with self._lock:
            self._is_ending = True
            running = list(self._running.values())
        longest = max((action.timeout for action in self._environment.actions.values()), default=0.0)
        for action, command in running:
            if cancel and self._environment.actions[action].undo:
                command.cancel()
        for thread in self._threads:
            thread.join(longest + JOIN_MARGIN_S)
        with self._lock:
            self._is_ending = False
