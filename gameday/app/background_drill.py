"""A drill with people: its runner lives in a process of its own, whatever becomes of the terminal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.app.detached_process import poll_exit, run_detached
from gameday.app.environment_selection import SelectedEnvironment, stop_on_demand_demo
from gameday.app.start_drill import create_runner
from gameday.errors import EnvironmentDirty, Exit

if TYPE_CHECKING:
    from gameday.drill.control.client import DrillClient
    from gameday.drill.drill_record import DrillResult
    from gameday.drill.runner import RouteSignals
    from gameday.events import Event
    from gameday.model import Plan
    from gameday.people.cast import Cast
    from gameday.store.paths import DataFolder
    from gameday.store.protocols import DrillReader, DrillStore
    from gameday.timing import Timing

REVERT_TIMEOUT_S = 120.0
"""Time to wait for the guardian of a drill whose runner was killed."""
POLL_INTERVAL_S = 0.2

FinishCallback = Callable[["DrillResult", "DrillReader"], Exit]
"""Called in the drill's own process after its end; what it prints goes to the drill's output file."""


@dataclass(slots=True)
class BackgroundDrill:
    """A drill that runs in the child process `pid` and prints to the file `output`."""

    plan: Plan
    folder: DataFolder
    token: str
    output: Path
    pid: int
    _exit: Exit | None = None
    """The exit code of the ended process: the system tells it once."""

    def has_ended(self) -> bool:
        """Return True if the runner's process ended; its guardian may still revert."""
        return self._poll(wait=False) is not None

    def wait(self) -> Exit | None:
        """Wait for the runner's process and return its exit code."""
        return self._poll(wait=True)

    def _poll(self, *, wait: bool) -> Exit | None:
        if self._exit is None:
            self._exit = poll_exit(self.pid, wait=wait)
        return self._exit

    def client(self) -> DrillClient:
        """Return a client with the facilitator's token."""
        return drill_client(self.plan.drill, self.token)


def start_background_drill(
    plan: Plan,
    selected: SelectedEnvironment,
    store: DrillStore,
    folder: DataFolder,
    timing: Timing,
    finish: FinishCallback,
    guard: Callable[[Callable[[], Exit]], Exit],
    route_signals: RouteSignals,
    cast: Cast | None = None,
) -> BackgroundDrill:
    """Start the drill in a child process. Closes `store`: a fork must not share it.

    `guard` runs the drill in the child and turns every exception into an exit code.
    """
    from gameday.drill.control import facilitator_token

    token, output = facilitator_token.create_token(), folder.run_output(plan.drill)
    store.close()
    pid = run_detached(
        lambda: guard(lambda: _run(plan, selected, folder, token, timing, finish, route_signals, cast)), output
    )
    return BackgroundDrill(plan, folder, token, output, pid)


def _run(
    plan: Plan, selected: SelectedEnvironment, folder: DataFolder, token: str, timing: Timing, finish: FinishCallback,
    route_signals: RouteSignals, cast: Cast | None,
) -> Exit:  # fmt: skip
    from gameday.drill.view import NoView
    from gameday.store.open import open_store

    try:
        store = open_store(folder)
        runner = create_runner(plan, selected, store, folder, NoView(), token, route_signals, timing, cast)
        return finish(runner.run(), store)
    finally:
        stop_on_demand_demo(selected)


def drill_client(drill: str, token: str) -> DrillClient:
    """Return a client of a running drill; without a token it has no facilitator's rights."""
    from gameday.drill.control.client import DrillClient
    from gameday.drill.control.drill_registry import socket_path

    return DrillClient(drill, socket_path(drill), token)


def wait_for_end(store: DrillReader, drill: str, report: Callable[[str], None]) -> None:
    """Wait until the drill is finished: the guardian finishes one whose runner was killed.

    If the guardian does not respond either, `gameday halt` is started.
    """
    from gameday.drill.control.client import GUARDIAN_GRACE_S, guardian_responds, start_detached_command
    from gameday.drill.control.drill_registry import socket_path

    deadline, next_check = time.monotonic() + REVERT_TIMEOUT_S, time.monotonic() + GUARDIAN_GRACE_S
    halting = False
    if drill in store.unfinished():
        report(f"{drill}: the runner has ended; waiting until its faults are reverted ...")
    while drill in store.unfinished() and (now := time.monotonic()) < deadline:
        if not halting and now > next_check:
            next_check = now + GUARDIAN_GRACE_S
            halting = not guardian_responds(socket_path(drill))
            if halting:
                start_detached_command("halt")
        time.sleep(POLL_INTERVAL_S)


def can_be_debriefed(store: DrillReader, drill: str) -> bool:
    """Return True if the drill got past preflight, with people."""
    from gameday.events import Started, has_any, read_plan

    events = store.events(drill)
    return has_any(events, Started) and not read_plan(events).is_rehearsal


def read_drill_exit(store: DrillReader, drill: str, runner_exit: Exit | None) -> Exit:
    """Return the runner's exit code; if it was killed, the verdict of the log."""
    from gameday.scorecards.verdict import decide_verdict

    if runner_exit not in (None, Exit.FAILED):
        return runner_exit
    if drill in store.unfinished():
        return Exit.DIRTY
    events = store.events(drill)
    return decide_verdict(events).exit if events else Exit.FAILED


def read_owed_cleanups(store: DrillReader, drill: str) -> EnvironmentDirty | None:
    """Return the error for the actions that the drill did not undo, or None."""
    from gameday.drill.revert.owed_cleanups import not_undone_error
    from gameday.store.outstanding import owed_cleanups

    owed = owed_cleanups(store.events(drill))
    return not_undone_error(owed) if owed else None


def needs_review(events: Sequence[Event]) -> bool:
    """Return True if another process ended a drill that had started: its review is not drafted yet."""
    from gameday.events import Ended, Started, has_any, last_of
    from gameday.model import Source

    end = last_of(events, Ended)
    return end is not None and end.source is not Source.RUNNER and has_any(events, Started)
