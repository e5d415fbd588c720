"""People at the terminal: what they say from another one, the desk for an hour, how soon the briefing is there."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import briefing_time, desk_load
from bench.commands import Command, simple, time_command
from bench.figure import Figure, median_and_worst, ms, percentile
from bench.peer import chaos
from bench.stack import GAMEDAY, PATIENCE, SCENARIO, Stack, stack, until
from bench.timed_terminal import Terminal

COMMANDS = 15
NOTES = 120
SHOWN_WITHIN = 0.2
PEOPLE = SCENARIO.replace("SIGNALS", "trip: {kind: duration}").replace("timebox: 60s", "timebox: 10m")
"""Stands until STOP: its fault is one that nobody here minds."""


@dataclass(frozen=True, slots=True)
class Running:
    """A solo drill after STARTEX, its desk on a terminal; `door` is where the runner is asked."""

    terminal: Terminal
    place: Stack
    environment: dict[str, str]
    door: Path

    def command(self, *args: str) -> Command:
        """Run a command as from another terminal of the same user."""
        return Command((GAMEDAY, *args), self.place.folder, self.environment)


def figures() -> Iterator[Figure]:
    """Measure notes on one drill, in turns with `chaos --help`; measure the rest on drills of their own."""
    with stack() as place:
        place.set_period("100ms")
        with solo_drill(place) as drill:
            yield _command(drill)
            yield _shown(drill)
    yield from desk_load.figures()
    yield briefing_time.figure()


def _command(drill: Running) -> Figure:
    help_ = simple(chaos(), "--help")
    note = drill.command("note", "the pool is full, the database is not busy")
    time_command(note)
    time_command(help_)
    times = [(time_command(note), time_command(help_)) for _ in range(COMMANDS)]
    ours, theirs = ([pair[0] for pair in times], [pair[1] for pair in times])
    return Figure(
        "`gameday note` from another terminal", "at most `chaos --help`",
        f"{median_and_worst(ours)}, ratio {median(ours) / median(theirs):.2f}",
        f"`chaos --help` {median_and_worst(theirs)}", COMMANDS, median(ours) <= median(theirs),
    )  # fmt: skip


def _shown(drill: Running) -> Figure:
    pause = random.Random(1)
    took = [_one(drill, f"note-{index:04}", pause.uniform(0.15, 0.35)) for index in range(NOTES)]
    late, slept = ([pair[0] for pair in took], [pair[1] for pair in took])
    worst = percentile(late, 0.99)
    return Figure(
        "a note asked for → on the running desk's terminal", f"p99 under {ms(SHOWN_WITHIN)}",
        f"p99 {ms(worst)}, {median_and_worst(late)}",
        f"a bare sleep before each wakes late: p99 {ms(percentile(slept, 0.99))}", NOTES, worst < SHOWN_WITHIN,
    )  # fmt: skip


def _one(drill: Running, word: str, pause: float) -> tuple[float, float]:
    """Return the seconds from the request to its text on the desk's terminal, and the excess of the pause before it.

    The pause puts each note at another point between two polls of the desk.
    """
    from gameday.drill.control.client import send_request

    began = time.monotonic()
    time.sleep(pause)
    asked = time.monotonic()
    answer = send_request(
        drill.door, {"request": "statement", "kind": "note", "text": word, "role": None, "seconds_ago": 0.0}, PATIENCE
    )
    if not answer.get("accepted"):
        raise RuntimeError(f"the note was not taken: {answer}")
    return drill.terminal.seen(f"Note: {word}") - asked, asked - began - pause


@contextmanager
def solo_drill(place: Stack) -> Iterator[Running]:
    """Begun by its keys, ended by STOP whatever happens; gone when this is left."""
    (place.folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    runtime = place.folder / "runtime"
    environment = place.environment | {"GAMEDAY_RUNTIME": str(runtime)}
    command = Command((GAMEDAY, "run", "people.yaml", "--solo"), place.folder, environment)
    with Terminal(command) as terminal:
        try:
            terminal.seen("Preflight passed")
            terminal.press("by")
            terminal.seen("since the start")
            yield Running(terminal, place, environment, next(iter(runtime.glob("gd-????.sock"))))
        finally:
            time_command(Command((GAMEDAY, "stop"), place.folder, environment))
            terminal.seen("Drill over. All faults removed.")
            terminal.press("\r")
            terminal.seen("Hot debrief")
            terminal.press("\x04")
    until(lambda: not any(runtime.glob("gd-*")))
