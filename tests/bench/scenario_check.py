"""`gameday check` of a library of scenario files: quick, and linear."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.commands import Command, time_command
from bench.figure import Figure, median_and_worst, ms
from bench.stack import GAMEDAY, plain_environment

import gameday

RUNS = 5


def figures() -> Iterator[Figure]:
    """500 and 1000 copies of the shipped scenario, each under an id of its own, in turns."""
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as name:
        folder = Path(name)
        names = _copies(folder, 1000)
        one, half, all_ = (Command((GAMEDAY, "check", *names[:n]), folder, plain_environment()) for n in (1, 500, 1000))
        time_command(one)
        times = [(time_command(one), time_command(half), time_command(all_)) for _ in range(RUNS)]
    single, halves, wholes = ([run[i] for run in times] for i in range(3))
    yield Figure(
        "`gameday check` of 1,000 files", "under 3 s", median_and_worst(wholes), f"of one: {ms(median(single))}", RUNS,
        median(wholes) < 3.0,
    )  # fmt: skip
    start = median(single)
    ratio = (median(wholes) - start) / (median(halves) - start)
    yield Figure(
        "1,000 files beside 500, minus startup time", "at most 2.2 (linear: 2.0)", f"{ratio:.2f}",
        f"500: {ms(median(halves))}", RUNS, ratio <= 2.2,
    )  # fmt: skip


def _copies(folder: Path, n: int) -> list[str]:
    package = Path(gameday.__file__).parent
    text = (package / "scenarios" / "db-slowdown.yaml").read_text(encoding="utf-8")
    names = [f"made-{i:04}.yaml" for i in range(n)]
    for name in names:
        (folder / name).write_text(text.replace("id: db-slowdown", f"id: {name[:-5]}"), encoding="utf-8")
    return names
