"""Actions to restore are read from the log; one without an undo command becomes a cleanup."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from support.events import MARKER, sample_intent
from support.takeover import DRILL, make_journal, take_over

from gameday.drill.environment_commands import Command, run_command
from gameday.drill.revert.restore_actions import (
    CommandContext,
    Commands,
    actions_to_restore,
    item_label,
    restore_actions,
)
from gameday.events import (
    ActionFinished,
    ActionStarted,
    Applied,
    Body,
    CleanupRecorded,
    CommandStarted,
    Event,
    FaultReverted,
    Intended,
    LoadStarted,
    NewEvent,
    PhaseChanged,
    of_type,
)
from gameday.model import Phase, Source
from gameday.process_identity import ProcessIdentity, current_process
from gameday.store.sqlite import Store

pytestmark = pytest.mark.starts_processes
LONG = "import time\nprint('started', flush=True)\ntime.sleep(600)"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "gameday.db")
    store.begin(DRILL, "test", "rehearsal", "", current_process())
    return store


@pytest.fixture
def running(tmp_path: Path) -> Iterator[ProcessIdentity]:
    """Start an action's command that does not end by itself."""
    command = Command([sys.executable, "-c", LONG], item_label(DRILL, "a"), tmp_path)
    identity = command.start()
    yield identity
    command.cancel()


def append(store: Store, *bodies: Body) -> list[Event]:
    return store.append(DRILL, [NewEvent(body) for body in bodies], 1)


def confirmed_fault() -> list[Body]:
    """Return the events of a fault that was applied and reverted."""
    return [Intended(sample_intent()), Applied(MARKER), FaultReverted(MARKER)]


def command_started(process: ProcessIdentity) -> CommandStarted:
    return CommandStarted("a", process.host, process.pid, process.born, process.boot)


def restore(events: list[Event], undo: Commands | None, folder: Path) -> list[CleanupRecorded]:
    drafts: list[NewEvent] = []
    restore_actions(["a"], events, CommandContext(DRILL, drafts.append, undo, folder))
    return [draft.body for draft in drafts if isinstance(draft.body, CleanupRecorded)]


def test_unrestored_actions_are_listed_newest_first_with_the_failed_ones(store: Store) -> None:
    drafts = [
        LoadStarted(text="started"),
        ActionFinished(action="a", succeeded=True),
        ActionFinished(action="b", succeeded=False),
        ActionStarted(action="c"),
        ActionFinished(action="c", succeeded=True),
        ActionStarted(action="e"),
        CleanupRecorded(item="a", result="restored"),
    ]
    assert actions_to_restore(append(store, *drafts)) == ["e", "c", "b", "load"]


@pytest.mark.parametrize(
    ("known", "result"),
    [({"a": (sys.executable, "-c", "")}, "restored"), ({"a": ("false",)}, "owed"), (None, "owed"), ({}, "no-undo")],
)
def test_action_is_restored_or_reported(known: Commands | None, result: str, tmp_path: Path) -> None:
    assert [cleaned.result for cleaned in restore([], known, tmp_path)] == [result]


def test_command_that_still_runs_is_ended_before_it_is_undone(
    store: Store, running: ProcessIdentity, tmp_path: Path
) -> None:
    undo = f"import os\nassert not os.path.exists('/proc/{running.pid}/exe')"
    events = append(store, ActionStarted("a"), command_started(running))
    assert [cleaned.result for cleaned in restore(events, {"a": (sys.executable, "-c", undo)}, tmp_path)] == [
        "restored"
    ]
    assert running.alive() is False


def test_command_whose_process_was_not_recorded_is_found_by_its_label(
    store: Store, running: ProcessIdentity, tmp_path: Path
) -> None:
    restore(append(store, ActionStarted("a")), {"a": ("true",)}, tmp_path)
    assert running.alive() is False


def test_command_on_another_host_is_owed_and_not_undone(store: Store, tmp_path: Path) -> None:
    events = append(store, ActionStarted("a"), CommandStarted("a", "elsewhere", 1, 1.0, "boot"))
    [cleaned] = restore(events, {"a": ("touch", str(tmp_path / "undone"))}, tmp_path)
    assert cleaned.result == "owed" and "process 1 on elsewhere" in cleaned.text
    assert not (tmp_path / "undone").exists()


def test_process_that_reuses_the_number_is_not_ended(store: Store, running: ProcessIdentity, tmp_path: Path) -> None:
    """The recorded leader was born earlier, and the process with its number has another label."""
    events = append(store, ActionStarted("b"), CommandStarted("b", running.host, running.pid, 1.0, running.boot))
    drafts: list[NewEvent] = []
    restore_actions(["b"], events, CommandContext(DRILL, drafts.append, {"b": ("true",)}, tmp_path))
    assert running.alive() is True


def test_process_that_a_finished_action_left_is_kept_and_named(store: Store, tmp_path: Path) -> None:
    pids = tmp_path / "pid"
    words = ["sh", "-c", f"sleep 600 & echo $! > {pids}"]
    processes: list[ProcessIdentity] = []
    assert run_command(words, item_label(DRILL, "a"), processes.append, tmp_path) == ""
    pid = int(pids.read_text())
    try:
        events = append(store, ActionStarted("a"), command_started(processes[0]), ActionFinished("a", succeeded=True))
        [cleaned] = restore(events, {"a": ("true",)}, tmp_path)
        assert (cleaned.result, str(pid) in cleaned.text) == ("restored", True)
        assert psutil.pid_exists(pid)
    finally:
        os.kill(pid, 9)


@pytest.mark.parametrize("words", ["sleep 600 & echo $! > pid; exit 1", "echo $$$$ > pid; sleep 600"])
def test_failed_or_late_command_leaves_no_process(words: str, tmp_path: Path) -> None:
    error = run_command(["sh", "-c", words], item_label(DRILL, "a"), folder=tmp_path, seconds=1.0)
    assert error in ("sh exited with 1", "sh did not finish within 1 s")
    pid = int((tmp_path / "pid").read_text())
    with suppress(psutil.NoSuchProcess):
        assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_takeover_restores_actions_and_ends_the_drill(store: Store, tmp_path: Path) -> None:
    append(store, ActionFinished(action="a", succeeded=True))
    journal = make_journal(tmp_path, {"a": (sys.executable, "-c", "")})
    assert take_over(store, journal=journal) == []
    events = store.events(DRILL)
    kinds = [event.kind for event in events]
    assert kinds == [
        "action-finished", "takeover", "reverting", "command-started", "cleanup", "halt", "end", "phase"
    ]  # fmt: skip
    assert {event.source for event in events[1:]} == {Source.GUARDIAN}, "no runner did any of it"
    assert store.unfinished() == []


def test_takeover_without_the_commands_owes_the_action(store: Store) -> None:
    append(store, ActionFinished(action="a", succeeded=True))
    take_over(store)
    assert [event.body.result for event in of_type(store.events(DRILL), CleanupRecorded)] == ["owed"]


def test_takeover_does_not_repeat_an_action_on_a_halt_that_succeeded(store: Store, tmp_path: Path) -> None:
    succeeded = ActionFinished("a", succeeded=True)
    append(store, *confirmed_fault(), succeeded, PhaseChanged(Phase.RUNNING, Phase.REVERTING), succeeded)
    journal = make_journal(tmp_path, {}, a=("touch", str(tmp_path / "again")))
    take_over(store, journal=journal)
    assert not (tmp_path / "again").exists()


def test_takeover_runs_an_action_on_a_halt_and_owes_it(store: Store, tmp_path: Path) -> None:
    """A person checks that steady state has returned before the action is undone."""
    append(store, *confirmed_fault(), ActionFinished("a", succeeded=True))
    take_over(store, journal=make_journal(tmp_path, {"a": ("false",)}, a=("touch", str(tmp_path / "ran"))))
    assert (tmp_path / "ran").exists()
    assert [event.body.result for event in of_type(store.events(DRILL), CleanupRecorded)] == ["owed"]
    assert "nobody has checked" in str(store.events(DRILL))
