"""One `gameday run` as a process: its drill, its guardians, its log as it grows, and how it ended."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

PATIENCE = 60.0


class Run:
    """The runner. `pid` and signals are real."""

    def __init__(self, folder: Path, env: Mapping[str, str], number: int) -> None:
        self.store = Path(env["GAMEDAY_STORE"]) / "gameday.db"
        self._out, self._err = folder / f"out-{number}", folder / f"err-{number}"
        command = [sys.executable, "-m", "gameday", "run", "late.yaml", "--rehearse", "--no-review"]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                command, cwd=folder, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
        self._guardians: dict[int, psutil.Process] = {}

    @property
    def out(self) -> str:
        return self._out.read_text()

    @property
    def err(self) -> str:
        return self._err.read_text()

    @cached_property
    def drill(self) -> str:
        """Its name, which it says before it begins."""
        self.until(self._named, "a drill")
        return self._named()[0]

    def _named(self) -> list[str]:
        return re.findall(r"^drill (gd-[0-9a-f]{4});", self.out, re.MULTILINE)

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Return the drill's log, read by another process."""
        with contextlib.suppress(sqlite3.OperationalError), _reading(self.store) as db:
            rows = db.execute("select kind, data from events where drill = ? order by seq", (self.drill,)).fetchall()
            return [(kind, json.loads(data)) for kind, data in rows]
        return []

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.events()]

    def until(self, true: Any, what: str, within: float = PATIENCE) -> None:
        """Wait for an event; show the output if it does not come."""
        end = time.monotonic() + within
        while not true():
            assert time.monotonic() < end, f"{what}: not in {within:.0f} s\n{self.describe()}"
            assert self.process.poll() not in (2, 3, 6), f"{what}: never\n{self.describe()}"
            time.sleep(0.01)

    def wait_for_event(self, kind: str, **data: Any) -> None:
        """Until its log has an event of this kind with these data."""

        def said() -> bool:
            self.guardians()
            return any(kind == k and data.items() <= d.items() for k, d in self.events())

        self.until(said, f"{kind} {data}")

    def describe(self) -> str:
        return f"{self.out}\n{self.err}\n{self.events()[-12:]}"

    def guardians(self) -> list[psutil.Process]:
        """Those that live, also when the runner is gone: for as long as we saw them once."""
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children():
                self._guardians.setdefault(child.pid, child)
        return [one for one in self._guardians.values() if _is_guardian(one)]

    def guardian(self) -> psutil.Process:
        """Wait for a guardian and return the latest."""
        self.until(self.guardians, "a guardian")
        return self.guardians()[-1]

    def kill_all(self) -> None:
        """Kill runner and guardian; the runner is stopped first, so that it starts no other guardian."""
        guardian = self.guardian()
        self.process.send_signal(signal.SIGSTOP)
        guardian.kill()
        self.process.kill()
        self.process.wait()

    def signal(self, *numbers: int) -> None:
        for number in numbers:
            self.process.send_signal(number)

    def code(self, within: float = PATIENCE) -> int:
        """Return the exit code; fail on a traceback in the output."""
        self.until(lambda: self.guardians() is not None and self.process.poll() is not None, "the end", within)
        assert "Traceback" not in self.err, self.err
        return int(self.process.returncode)

    def wait_for_guardian_exit(self, within: float = PATIENCE) -> None:
        """Until no guardian of it is left."""
        self.until(lambda: not self.guardians(), "the guardian's end", within)

    def end(self) -> None:
        """Whatever is left of it, at the end of a test."""
        left = self.guardians()
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        for guardian in left:
            with contextlib.suppress(psutil.Error):
                guardian.kill()


def _is_guardian(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.status() != psutil.STATUS_ZOMBIE and "guardian" in " ".join(process.cmdline())
    return False


@contextlib.contextmanager
def _reading(path: Path) -> Any:
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5.0)
    try:
        yield db
    finally:
        db.close()
