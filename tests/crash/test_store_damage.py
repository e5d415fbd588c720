"""The store is replaced, restored from an older copy, emptied or deleted during a drill: every fault is reverted."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.drill_folder import eventually
from support.proxy_drill import LATENCY, Make, Place, ProxyServer
from support.run_process import Run

from gameday.errors import Exit
from gameday.timing import Timing

SHORT = Timing(quiet_period=1.0)
FILES = ("gameday.db", "gameday.db-wal")
Damage = Callable[[Path, Path], None]


def restore_older_copy(store: Path, backup: Path) -> None:
    """As `cp backup/* store/`: into the files that are open."""
    for name in FILES:
        source = backup / name
        (store / name).write_bytes(source.read_bytes() if source.exists() else b"")


def empty(store: Path, backup: Path) -> None:
    del backup
    for name in FILES:
        (store / name).write_bytes(b"")


def overwrite(store: Path, backup: Path) -> None:
    del backup
    for name in FILES:
        (store / name).write_bytes(b"not a database" * 1000)


def delete(store: Path, backup: Path) -> None:
    del backup
    for path in store.glob("gameday.db*"):
        path.unlink()


DAMAGES = pytest.mark.parametrize("damage", [restore_older_copy, empty, overwrite, delete])


def started(place: Place, stands: str = "60s") -> tuple[Run, Path, Path]:
    """Start a drill whose store has an older copy, which knows another drill."""
    place.write(LATENCY, stands="1s")
    assert place.run(timing=SHORT).code() in (Exit.HELD, Exit.NOT_HELD)
    store = place.runs[0].store.parent
    backup = place.folder / "backup"
    backup.mkdir()
    for path in store.glob("gameday.db*"):
        shutil.copy(path, backup)
    place.write(LATENCY, stands=stands)
    run = place.run(timing=SHORT)
    run.wait_for_event("fault")
    return run, store, backup


@DAMAGES
def test_guardian_reverts_without_the_store(place: Place, damage: Damage) -> None:
    run, store, backup = started(place)
    damage(store, backup)
    run.process.kill()
    eventually(place.clean, "the guardian's revert", within=8.0)
    run.wait_for_guardian_exit(within=90.0)
    assert place.gameday("halt", timing=SHORT).code == Exit.HELD
    assert place.clean()


@DAMAGES
def test_stop_reverts_and_reports_the_lost_store(place: Place, damage: Damage) -> None:
    run, store, backup = started(place)
    damage(store, backup)
    place.gameday("stop", timing=SHORT)
    eventually(place.clean, "the revert", within=8.0)
    assert run.process.wait(180.0) == Exit.FAILED, run.describe()
    assert f"The log: {store / 'output' / run.drill}.jsonl" in run.err, run.err
    assert place.clean()
    assert "DIRTY" not in place.gameday("halt", timing=SHORT).err


def test_drill_that_lost_store_and_runtime_folder_ends_by_itself(place: Place) -> None:
    """No command can reach it, and `stop` says nothing else before it has ended."""
    run, store, _ = started(place)
    run.process.send_signal(signal.SIGSTOP)
    shutil.rmtree(store)
    shutil.rmtree(place.runtime)
    out = place.folder / "stop-out"
    with out.open("wb") as file:
        stop = subprocess.Popen(
            [sys.executable, "-m", "gameday", "stop"], cwd=place.folder, env=place.env, stdout=file, stderr=file
        )
    eventually(lambda: f"{run.drill}: its files were removed while it ran" in out.read_text(), "the note of stop")
    run.process.send_signal(signal.SIGCONT)
    assert run.process.wait(60.0) in (Exit.FAILED, Exit.HALTED), run.describe()
    assert stop.wait(60.0) == Exit.HELD and place.clean(), out.read_text()


def test_drill_that_lost_its_runtime_folder_is_halted(place: Place) -> None:
    run, _, _ = started(place)
    shutil.rmtree(place.runtime)
    assert run.code() == Exit.HALTED, run.describe()
    assert "its files in the runtime folder were removed, so nobody could stop it" in run.out
    place.runtime.mkdir(mode=0o700, exist_ok=True)
    assert place.clean()


def test_drill_whose_store_is_restored_reverts_and_keeps_its_log(place: Place) -> None:
    run, store, backup = started(place, stands="15s")
    drill = run.drill
    restore_older_copy(store, backup)
    assert run.code() in (Exit.FAILED, Exit.HELD, Exit.NOT_HELD), run.describe()
    assert place.clean()
    log = store / "output" / f"{drill}.jsonl"
    assert str(log) in run.err
    assert '"reverted"' in log.read_text()


@pytest.mark.engine("toxiproxy")
@pytest.mark.parametrize("command", ["halt", "status", "run"])
@pytest.mark.parametrize("damage", [restore_older_copy, empty, delete])
def test_next_command_reverts_without_the_store(
    make: Make, original: ProxyServer, damage: Damage, command: str
) -> None:
    place = make(original)
    run, store, backup = started(place)
    run.kill_all()
    damage(store, backup)
    assert not place.clean()
    place.write(LATENCY, stands="1s")
    words = ("run", "late.yaml", "--rehearse", "--no-review") if command == "run" else (command,)
    ended = place.gameday(*words, timing=SHORT)
    assert "all faults reverted" in ended.err, ended
    assert ended.code in (Exit.HELD, Exit.NOT_HELD), ended
    assert place.clean()
    assert place.gameday("halt").out == "Nothing is outstanding.\n"
