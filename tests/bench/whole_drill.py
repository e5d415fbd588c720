"""A whole drill without waits beside the peer's same drill, and `gameday stop` from another terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from bench.commands import Command, simple, time_command
from bench.figure import Figure, median_and_worst
from bench.peer import chaos, experiment
from bench.stack import GAMEDAY, Stack, plain_environment, stack

RUNS = 15
STOPS = 15
MAX_DRAFT_RATIO = 4.5
MAX_WHOLE_RATIO = 7.0
MAX_STOP_RATIO = 1.0


def figures() -> Iterator[Figure]:
    """Time a drill in turns with `chaos run`, then STOP in turns with `chaos --help`."""
    with stack() as place:
        yield from _time_drills(place)
        place.set_period("100ms")
        yield _time_stops(place)


def _time_drills(place: Stack) -> Iterator[Figure]:
    args = (chaos(), "--no-version-check", "run", "--rollback-strategy", "always", str(experiment(place)))
    peer = Command(args, place.folder, plain_environment())
    _run_drill(place)
    time_command(peer)
    times = [(*_run_drill(place), time_command(peer)) for _ in range(RUNS)]
    draft, whole, theirs = (list(column) for column in zip(*times, strict=True))
    yield _drill_figure("`gameday run` without waits, to its Markdown draft", draft, theirs, MAX_DRAFT_RATIO)
    yield _drill_figure("the same to the end of the run, with page and picture", whole, theirs, MAX_WHOLE_RATIO)


def _drill_figure(title: str, ours: list[float], theirs: list[float], most: float) -> Figure:
    ratio = median(ours) / median(theirs)
    return Figure(
        title, f"at most {most:g} times `chaos run`", f"{median_and_worst(ours)}, ratio {ratio:.2f}",
        f"`chaos run` {median_and_worst(theirs)}", RUNS, ratio <= most,
    )  # fmt: skip


def _run_drill(place: Stack) -> tuple[float, float]:
    """Run one drill; return the seconds to its draft and to the end of its process."""
    started = time.monotonic()
    drafted = 0.0
    lines: list[str] = []
    with place.start_rehearsal("quick.yaml") as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if line.startswith("review "):
                drafted = time.monotonic() - started
    if process.returncode != 0 or not drafted:
        raise RuntimeError(f"the drill ended with {process.returncode}:\n{''.join(lines)}")
    return drafted, time.monotonic() - started


def _time_stops(place: Stack) -> Figure:
    peer = simple(chaos(), "--help")
    time_command(peer)
    times = [(_time_stop(place), time_command(peer)) for _ in range(STOPS)]
    ours, theirs = ([pair[0] for pair in times], [pair[1] for pair in times])
    ratio = median(ours) / median(theirs)
    return Figure(
        "`gameday stop`, until the reverts are verified", "at most `chaos --help`",
        f"{median_and_worst(ours)}, ratio {ratio:.2f}",
        f"`chaos --help` {median_and_worst(theirs)}", STOPS, ratio <= MAX_STOP_RATIO,
    )  # fmt: skip


def _time_stop(place: Stack) -> float:
    """Start a drill, stop it while its fault is present, and return how long the command `stop` took."""
    with place.start_rehearsal("long.yaml") as process:
        watch = place.watch()
        watch.wait_until(clean=False)
        seconds = time_command(Command((GAMEDAY, "stop"), place.folder, place.environment))
        watch.wait_until(clean=True)
        output = process.communicate()[0]
    if process.returncode != 4:
        raise RuntimeError(f"the drill was not halted: {process.returncode}\n{output}")
    return seconds
