"""Time of a durable event append, beside a bare durable insert on the same disk in the same run."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from bench.figure import Figure, ms, percentile

from gameday.events import NewEvent, Note
from gameday.process_identity import current_process
from gameday.store.paths import state_home
from gameday.store.sqlite import Store

RUNS = 2000
SAY = "journey-p95 is 1.9 s, limit: above 5x baseline (210 ms), n 31"


def figures() -> Iterator[Figure]:
    """On the disk on which the store lies unless told otherwise; bare and ours in turns."""
    state_home().mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state_home()) as name:
        folder = Path(name)
        ours, bare = _in_turns(_ours(folder), _bare(folder))
    ratio = median(ours) / median(bare)
    yield Figure(
        "durable append of one event", "p99 under 5 ms", f"p99 {ms(percentile(ours, 0.99))}, median {ms(median(ours))}",
        f"bare insert p99 {ms(percentile(bare, 0.99))}, median {ms(median(bare))}; ratio of medians {ratio:.1f}",
        RUNS, percentile(ours, 0.99) < 0.005,
    )  # fmt: skip


def _in_turns(ours: Callable[[], object], bare: Callable[[], object]) -> tuple[list[float], list[float]]:
    pairs = [(_seconds(ours), _seconds(bare)) for _ in range(RUNS)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _seconds(what: Callable[[], object]) -> float:
    started = time.perf_counter()
    what()
    return time.perf_counter() - started


def _ours(folder: Path) -> Callable[[], object]:
    store = Store(folder / "gameday.db")
    epoch = store.begin("gd-0000", "bench", "rehearsal", "", current_process())
    return lambda: store.append("gd-0000", [NewEvent(Note(text=SAY))], epoch)


def _bare(folder: Path) -> Callable[[], object]:
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=full")
    db.execute("create table lines (body text not null)")
    return lambda: db.execute("insert into lines values (?)", (SAY,))
