"""From `gameday run` to the briefing on the screen, in a demo that is up."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
from bench.commands import Command, simple, time_command
from bench.figure import Figure, median_and_worst, ms
from bench.peer import chaos
from bench.stack import GAMEDAY, plain_environment, until
from bench.timed_terminal import Terminal

RUNS = 9
WITHIN = 1.5
LAST_WORDS = "Ignore objects named gd-*"
"""Text that appears in the briefing: the screen is drawn at once, from the top."""
ROSTER = """\
gameday: 1
team: bench
timezone: UTC
people:
  - {id: ana, name: Ana, level: 4, roles: [facilitator, mentor, ic, scribe]}
  - {id: bo, name: Bo, level: 3, roles: [mentor, ic, ops], manager: ana}
  - {id: chi, name: Chi, level: 1, roles: [ic, scribe, ops], manager: ana}
  - {id: eli, name: Eli, level: 2, roles: [ops, comms, ic]}
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for the drill, with a demo, a store and a runtime folder of its own."""

    folder: Path
    environment: dict[str, str]

    def run(self) -> Command:
        """Return the command of a facilitated drill of the shipped scenario."""
        return Command((GAMEDAY, "run", "db-slowdown.yaml", "--roster", "roster.yaml"), self.folder, self.environment)


def figure() -> Figure:
    """In turns with `chaos --help`."""
    help_ = simple(chaos(), "--help")
    time_command(help_)
    with _demo() as place:
        _briefed(place)
        times = [(*_briefed(place), time_command(help_)) for _ in range(RUNS)]
    ours, computed, theirs = (list(column) for column in zip(*times, strict=True))
    return Figure(
        "`gameday run` → its briefing on the screen, demo already up", f"under {WITHIN:g} s", median_and_worst(ours),
        f"its own CPU time until then median {ms(median(computed))}; `chaos --help` {median_and_worst(theirs)}", RUNS,
        median(ours) < WITHIN,
    )  # fmt: skip


def _briefed(place: Place) -> tuple[float, float]:
    """Return the seconds from the start of the process to the briefing, and its CPU seconds until then.

    The drill is stopped before it starts, so nothing is touched.
    """
    runtime = place.folder / "runtime"
    with Terminal(place.run()) as terminal:
        try:
            seconds = terminal.seen(LAST_WORDS) - terminal.began
            used = psutil.Process(terminal.process.pid).cpu_times()
            until(lambda: any(runtime.glob("gd-????.sock")))
        finally:
            terminal.press("!")
    until(lambda: not any(runtime.glob("gd-*")))
    return seconds, float(used.user + used.system)


@contextmanager
def _demo() -> Iterator[Place]:
    """Up when this begins; down when it ends, and no drill is left in it."""
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as name:
        folder = Path(name)
        own = {f"GAMEDAY_{part.upper()}": str(folder / part) for part in ("store", "runtime", "demo")}
        place = Place(folder, plain_environment() | own)
        (folder / "roster.yaml").write_text(ROSTER, encoding="utf-8")
        try:
            _quietly(place, "demo", "up")
            yield place
        finally:
            _quietly(place, "stop")
            _quietly(place, "demo", "down")


def _quietly(place: Place, *command: str) -> None:
    subprocess.run(
        [GAMEDAY, *command], env=place.environment, stdin=subprocess.DEVNULL, capture_output=True, check=True
    )
