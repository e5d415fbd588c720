"""A project folder in which a test runs `gameday`, with a store, a runtime folder and its runs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from support.run_process import Run

from gameday.timing import DEFAULT_TIMING, Timing

PATIENCE = 60.0
"""Seconds after which something that should happen is taken not to."""
FAILPOINTS = Path(__file__).parents[1] / "crash" / "failpoints"

SCENARIO = """\
gameday: 1
id: late
timebox: {timebox}
requires: {{targets: {{database: where it writes}}, signals: {{success: {{kind: ratio}}, wait: {{kind: duration}}}}}}
hypothesis: {{statement: "It goes on.", expect: [{{signal: wait, at_most: {holds}, over: 500ms}}]}}
steady_state: [{{signal: wait, is: healthy}}]
faults: [{{id: slow, at: start+{start}, {fault}}}]
guardrails: [{{signal: wait, above: {guardrail}, for: 500ms, warn_at: 100ms}}]
ends: fault+{stands}
rehearsal: {{pace: 1, responders: [{{at: fault+300ms, do: acknowledged}}]}}
"""


def eventually(true: Callable[[], object], what: str = "it", within: float = PATIENCE) -> None:
    """Wait until `true` holds; fail after `within` seconds."""
    until = time.monotonic() + within
    while not true():
        assert time.monotonic() < until, f"{what} did not happen in {within:.0f} s"
        time.sleep(0.02)


def assert_stays(true: Callable[[], object], seconds: float, what: str = "it") -> None:
    """Assert that `true` holds for `seconds`, however often it is looked at."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert true(), f"{what} did not last"
        time.sleep(0.1)


class Site:
    """`folder`: all that the test writes; `name`: the environment's."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.runs: list[Run] = []
        self.runtime = Path(tempfile.mkdtemp(prefix="gd-", dir="/tmp"))
        self.env = self._env()

    def _env(self) -> dict[str, str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("GAMEDAY_", "XDG_", "PYTHON"))}
        home = {"HOME": str(self.folder / "home"), "XDG_STATE_HOME": str(self.folder / "state")}
        stores = {"GAMEDAY_STORE": str(self.folder / "store"), "GAMEDAY_RUNTIME": str(self.runtime)}
        return {**env, **home, **stores, "NO_COLOR": "1"}

    def write(
        self, fault: str, *, stands: str = "1s", start: str = "50ms..200ms", timebox: str = "90s",
        holds: str = "30s", guardrail: str = "20s",
    ) -> None:  # fmt: skip
        """Return the scenario."""
        text = SCENARIO.format(
            fault=fault, stands=stands, start=start, timebox=timebox, holds=holds, guardrail=guardrail
        )
        (self.folder / "late.yaml").write_text(text)

    def run(self, *failpoints: Mapping[str, Any], timing: Timing = DEFAULT_TIMING, **env: str) -> Run:
        """Start `gameday run` in the background; the failpoints are set in it and in its guardian."""
        run = Run(self.folder, {**self.env, **failpoint_env(failpoints), **timing_env(timing), **env}, len(self.runs))
        self.runs.append(run)
        return run

    def gameday(self, *args: str, timing: Timing = DEFAULT_TIMING, answer: str = "", **env: str) -> Ended:
        """Run any other command until it has ended."""
        done = subprocess.run(
            [sys.executable, "-m", "gameday", *args], cwd=self.folder, env={**self.env, **timing_env(timing), **env},
            input=answer, capture_output=True, text=True, timeout=PATIENCE * 3, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def end_runs(self) -> None:
        for run in self.runs:
            run.end()
        shutil.rmtree(self.runtime)


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


def failpoint_env(failpoints: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the variables that set failpoints in a process."""
    if not failpoints:
        return {}
    return {"PYTHONPATH": str(FAILPOINTS), "GDT_FAILPOINTS": json.dumps(list(failpoints))}


def timing_env(timing: Timing) -> dict[str, str]:
    """Return the variable that gives a process other waits than the usual ones."""
    usual = asdict(DEFAULT_TIMING)
    other = [f"{name}={seconds}s" for name, seconds in asdict(timing).items() if seconds != usual[name]]
    return {"GAMEDAY_TIMING": " ".join(other)} if other else {}
