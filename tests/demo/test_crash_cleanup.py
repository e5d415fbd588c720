"""After the runner is killed, the guardian reverts the fault and then stops the demo that the run started."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from gameday.demo import demo_record, lifecycle

TIMEOUT_S = 90.0


def eventually(condition: Callable[[], object], event: str) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < deadline, f"{event} did not happen"
        time.sleep(0.05)


def test_guardian_reverts_then_stops_the_demo_after_the_runner_is_killed(tmp_path: Path) -> None:
    runtime = tempfile.mkdtemp(prefix="gd-")
    own = {"HOME": str(tmp_path), "GAMEDAY_STORE": str(tmp_path / "store"), "GAMEDAY_RUNTIME": runtime}
    home = tmp_path / "demo"
    env = {**os.environ, **own, "GAMEDAY_DEMO": str(home)}
    command = [sys.executable, "-m", "gameday", "run", "db-slowdown.yaml", "--rehearse", "--first-mitigation"]
    quiet = subprocess.DEVNULL
    runner = subprocess.Popen(command, env=env, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        eventually(lambda: "applied" in kinds(tmp_path / "store" / "gameday.db"), "the fault")
        processes = [psutil.Process(part.pid) for part in lifecycle.living_processes(home)]
        assert len(processes) >= 4
        runner.kill()
        runner.wait()
        eventually(lambda: not any(is_alive(process) for process in processes), "the end of the demo")
        eventually(lambda: demo_record.load(home) is None, "the end of its record")
        recorded = kinds(tmp_path / "store" / "gameday.db")
        assert recorded[-1] == "phase"
        assert {"fault-reverted", "reverted", "end"} <= set(recorded)
    finally:
        runner.kill()
        lifecycle.stop_demo(home)
        shutil.rmtree(runtime)


def kinds(store: Path) -> list[str]:
    if not store.exists():
        return []
    db = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
    try:
        return [row[0] for row in db.execute("select kind from events order by seq")]
    except sqlite3.OperationalError:
        return []
    finally:
        db.close()


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
