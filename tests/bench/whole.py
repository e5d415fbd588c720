"""A whole drill without waits, beside the peer's same drill; and `gameday stop` from another terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from bench.commands import Command, simple, timed
from bench.figure import Figure, middle_and_worst
from bench.peer import chaos, experiment
from bench.stack import GAMEDAY, Stack, plain, stack

RUNS = 15
STOPS = 15


def figures() -> Iterator[Figure]:
    """Ours in turns with `chaos run`; then STOP in turns with `chaos --help`."""
    with stack() as place:
        yield from _run(place)
        place.every("100ms")
        yield _stop(place)


def _run(place: Stack) -> Iterator[Figure]:
    args = (chaos(), "--no-version-check", "run", "--rollback-strategy", "always", str(experiment(place)))
    theirs = Command(args, place.folder, plain())
    _drill(place)
    timed(theirs)
    times = [(*_drill(place), timed(theirs)) for _ in range(RUNS)]
    drafted, whole, peer = (list(column) for column in zip(*times, strict=True))
    beside = f"`chaos run` {middle_and_worst(peer)}"
    yield Figure(
        "`gameday run` without waits, to its Markdown draft", "under 1 s", middle_and_worst(drafted), beside, RUNS,
        median(drafted) < 1.0,
    )  # fmt: skip
    yield Figure("the same to its very end, page and picture drawn", "", middle_and_worst(whole), beside, RUNS, None)


def _drill(place: Stack) -> tuple[float, float]:
    """Seconds until the draft is written, and until the process has ended."""
    started = time.monotonic()
    drafted = 0.0
    said: list[str] = []
    with place.begin("quick.yaml") as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            if line.startswith("review "):
                drafted = time.monotonic() - started
    if process.returncode != 0 or not drafted:
        raise RuntimeError(f"the drill ended with {process.returncode}:\n{''.join(said)}")
    return drafted, time.monotonic() - started


def _stop(place: Stack) -> Figure:
    help_ = simple(chaos(), "--help")
    timed(help_)
    times = [(_stopped(place), timed(help_)) for _ in range(STOPS)]
    ours, theirs = ([pair[0] for pair in times], [pair[1] for pair in times])
    return Figure(
        "`gameday stop` from another terminal", "at most `chaos --help`",
        f"{middle_and_worst(ours)}, ratio {median(ours) / median(theirs):.2f}",
        f"`chaos --help` {middle_and_worst(theirs)}", STOPS, median(ours) <= median(theirs),
    )  # fmt: skip


def _stopped(place: Stack) -> float:
    """Begin a drill, stop it while its fault stands; how long the command `stop` took."""
    with place.begin("long.yaml") as process:
        look = place.look()
        look.until(clean=False)
        seconds = timed(Command((GAMEDAY, "stop"), place.folder, place.surroundings))
        look.until(clean=True)
        said = process.communicate()[0]
    if process.returncode != 4:
        raise RuntimeError(f"the drill was not halted: {process.returncode}\n{said}")
    return seconds
