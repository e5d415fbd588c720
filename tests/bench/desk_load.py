"""The desk while 20 signals are read ten times a second: its share of a core, and its memory over an hour's worth."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from bench import recorded_drill
from bench.commands import Command
from bench.figure import Figure
from bench.stack import plain_environment
from bench.timed_terminal import Terminal

from gameday.store.sqlite import Store

RATE = 10
WARM, SECONDS = 5.0, 60.0
EARLY, LATE = 10, 60
"""Minutes' worth of readings at which its memory is looked at."""
SPEED = 90.0
"""Factor by which that hour is replayed faster."""
AFTER = 5.0
"""Seconds for which nothing may grow after ENDEX."""
SHARE, GROWTH = 0.10, 5.0
"""Limits: share of a core; MB. Keeping an hour's readings would take some 40 MB."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A desk, the store that it looks at, and the time of its drill: `speed` times as fast from `zero` on."""

    terminal: Terminal
    store: Store
    zero: float
    speed: float

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.terminal.process.pid)

    @property
    def megabytes(self) -> float:
        return float(self.process.memory_info().rss) / 2**20

    @property
    def seconds(self) -> float:
        """For which a core has been its own."""
        used = self.process.cpu_times()
        return float(used.user + used.system)

    def feed(self, seconds: float, rows: int) -> None:
        """So many seconds of the drill; `rows` questions of each signal come into the store at once."""
        began = time.monotonic()
        for index in range(round(seconds * RATE / rows)):
            now = self.zero + (time.monotonic() - self.zero) * self.speed
            times = [now - (rows - 1 - row) / RATE for row in range(rows)]
            readings = [recorded_drill.reading(name, at) for at in times for name in recorded_drill.SIGNALS]
            self.store.put_readings(recorded_drill.DRILL, self.store.last_batch(recorded_drill.DRILL) + 1, readings)
            due = began + (index + 1) * rows / RATE / self.speed
            time.sleep(max(0.0, due - time.monotonic()))


def figures() -> Iterator[Figure]:
    """Its share of a core at the real rate; its memory while an hour's worth goes by faster, and after ENDEX."""
    with _desk(1.0) as desk:
        yield _share(desk)
    with _desk(SPEED) as desk:
        yield _memory(desk)
        yield _after_endex(desk)


def _share(desk: Seen) -> Figure:
    """Every question comes into the store by itself: harder than from a runner, which keeps them once a second."""
    desk.feed(WARM, rows=1)
    began, before = time.monotonic(), desk.seconds
    desk.feed(SECONDS, rows=1)
    share = (desk.seconds - before) / (time.monotonic() - began)
    return Figure(
        f"the desk, {len(recorded_drill.SIGNALS)} signals at {RATE}/s", f"under {SHARE:.0%} of a core", f"{share:.1%}",
        f"over {SECONDS:g} s", round(SECONDS) * RATE * len(recorded_drill.SIGNALS), share < SHARE,
    )  # fmt: skip


def _memory(desk: Seen) -> Figure:
    """Kept once a second, as by a runner."""
    desk.feed(EARLY * 60, rows=RATE)
    early = desk.megabytes
    desk.feed((LATE - EARLY) * 60, rows=RATE)
    late = desk.megabytes
    return Figure(
        f"its memory after {EARLY} minutes' worth of readings → after {LATE}", "flat",
        f"{early:.1f} MB → {late:.1f} MB", f"flat: less than {GROWTH:g} MB more",
        LATE * 60 * RATE * len(recorded_drill.SIGNALS), late - early < GROWTH,
    )  # fmt: skip


def _after_endex(desk: Seen) -> Figure:
    recorded_drill.end(desk.store)
    desk.terminal.seen("DONE")
    ended = desk.megabytes
    time.sleep(AFTER)
    later = desk.megabytes
    return Figure(
        f"its memory at ENDEX → {AFTER:g} s later", "flat", f"{ended:.1f} MB → {later:.1f} MB", "", 1,
        later - ended < GROWTH,
    )  # fmt: skip


@contextmanager
def _desk(speed: float) -> Iterator[Seen]:
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as name:
        folder, zero = Path(name), time.monotonic()
        store = recorded_drill.begun(folder)
        script = str(Path(__file__).with_name("desk_process.py"))
        args = (sys.executable, script, str(store.path), recorded_drill.DRILL, str(zero), str(speed))
        with Terminal(Command(args, folder, plain_environment())) as terminal:
            try:
                terminal.seen("FACILITATOR")
                yield Seen(terminal, store, zero, speed)
            finally:
                terminal.press("q")
                terminal.press("y")
        store.close()
