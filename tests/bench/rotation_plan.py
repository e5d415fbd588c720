"""`gameday rotation plan` of a year for a large team."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.commands import Command, time_command
from bench.figure import Figure, median_and_worst, ms
from bench.stack import GAMEDAY, plain_environment

RUNS, PEOPLE, WEEKS = 5, 30, 52
WITHIN = 2.0
JUNIOR, SENIOR = "ic, ops, scribe, comms", "ic, ops, scribe, comms, mentor, facilitator"


def figures() -> Iterator[Figure]:
    """30 people, half of them seniors, one drill a week; in turns with the plan of one week."""
    with tempfile.TemporaryDirectory(prefix="gameday-bench-") as name:
        folder = Path(name)
        people = [
            f"  - {{id: p{number}, level: {1 + number % 2}, roles: [{SENIOR if number % 2 else JUNIOR}]}}"
            for number in range(PEOPLE)
        ]
        text = "\n".join(["gameday: 1", "team: shop", "people:", *people])
        (folder / "roster.yaml").write_text(text, encoding="utf-8")
        environment = plain_environment() | {"GAMEDAY_STORE": str(folder / "store")}
        words = (GAMEDAY, "rotation", "plan", "--roster", "roster.yaml", "--weeks")
        year, week = (Command((*words, str(weeks)), folder, environment) for weeks in (WEEKS, 1))
        time_command(week)
        times = [(time_command(year), time_command(week)) for _ in range(RUNS)]
    years, weeks = ([pair[index] for pair in times] for index in range(2))
    yield Figure(
        f"`gameday rotation plan` of {WEEKS} weeks for {PEOPLE} people", f"under {WITHIN:.0f} s",
        median_and_worst(years), f"of one week: {ms(median(weeks))}", RUNS, median(years) < WITHIN,
    )  # fmt: skip
