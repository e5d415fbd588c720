"""Another process holds the store's write lock: no revert, STOP or halt waits for it, and nothing recorded is lost."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.drill_folder import eventually
from support.proxy_drill import Make, Place, ProxyServer
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

PROMPT_S = 8.0
"""More than a revert takes on a busy machine; less than three waits of SQLite for its lock."""
SHORT = Timing(quiet_period=1.0)


@contextlib.contextmanager
def locked(store: Path) -> Iterator[None]:
    """As a backup or a database browser with an open transaction."""
    db = sqlite3.connect(store, isolation_level=None)
    db.execute("begin immediate")
    try:
        yield
    finally:
        db.execute("rollback")
        db.close()


def started(place: Place, stands: str = "60s") -> Run:
    place.write(stands=stands)
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    return run


def reverted_at(run: Run) -> float:
    """When the log says that everything was reverted; the store has it only after the lock is released."""
    eventually(lambda: "end" in run.kinds(), "the record of the end")
    assert [run.kinds().count(kind) for kind in ("fault-reverted", "reverted", "end")] == [1, 1, 1], run.describe()
    with contextlib.closing(sqlite3.connect(run.store)) as db:
        query = "select at from events where drill = ? and kind = 'reverted'"
        return float(db.execute(query, (run.drill,)).fetchone()[0])


def stop_by_command(place: Place, run: Run) -> None:
    assert place.gameday("stop").code == Exit.HELD


def stop_by_signal(place: Place, run: Run) -> None:
    run.signal(signal.SIGINT)


def halt_by_command(place: Place, run: Run) -> None:
    assert place.gameday("halt").code == Exit.HELD
    assert place.clean()


@pytest.mark.parametrize("stop", [stop_by_command, stop_by_signal, halt_by_command])
def test_running_drill_reverts_while_store_is_locked(place: Place, stop: object) -> None:
    run = started(place)
    with locked(run.store):
        assert callable(stop)
        stop(place, run)
        eventually(place.clean, "the revert", within=PROMPT_S)
        eventually(lambda: "reverted" in run.out, "what the screen says")
        released_at = time.monotonic()
    assert run.code() == Exit.HALTED, run.describe()
    assert reverted_at(run) < released_at
    assert place.clean()


def test_guardian_reverts_while_store_is_locked(place: Place) -> None:
    run = started(place)
    with locked(run.store):
        run.process.kill()
        eventually(place.clean, "the guardian's revert", within=PROMPT_S)
    run.wait_for_guardian_exit()
    assert "reverted" in run.kinds()
    assert place.gameday("halt").out == "Nothing is outstanding.\n"


@pytest.mark.engine("toxiproxy")
def test_halt_reverts_for_dead_processes_while_store_is_locked(make: Make, original: ProxyServer) -> None:
    place = make(original)
    run = started(place)
    with locked(run.store):
        run.kill_all()
        halted = place.gameday("halt", timing=SHORT)
        assert halted.code == Exit.HELD, halted
        assert "a later command records this" in halted.err
        assert place.clean()
        released_at = time.monotonic()
    assert place.gameday("halt", timing=SHORT).out == "Nothing is outstanding.\n"
    assert reverted_at(run) < released_at


def test_no_fault_is_applied_while_its_intent_cannot_be_stored(place: Place) -> None:
    """The second fault is refused, and the first is reverted at the end as ever."""
    place.write(stands="9s", start="2s..3s")
    run = place.run(timing=SHORT)
    run.wait_for_event("start")
    with locked(run.store):
        eventually(lambda: "refused" in run.out, "the refusal")
        assert place.clean()
    assert run.code() in (Exit.NOT_HELD, Exit.REFUSED, Exit.HALTED), run.describe()
    assert "apply-refused" in run.kinds() and "fault" not in run.kinds()
