"""Commands as processes, timed: alone, or in turns with a peer."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.stack import plain


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, where, with which surroundings, and the exit codes that are as they should be."""

    args: Sequence[str]
    folder: Path
    surroundings: dict[str, str]
    fine: frozenset[int] = frozenset({0})


def timed(command: Command) -> float:
    """Its wall time in seconds; raises RuntimeError when it fails: the time of a failure is no figure."""
    started = time.monotonic()
    done = subprocess.run(
        command.args, cwd=command.folder, env=command.surroundings, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - started
    if done.returncode not in command.fine:
        raise RuntimeError(f"{' '.join(command.args)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds


def simple(*args: str) -> Command:
    """A command that needs no place of its own."""
    return Command(args, Path("/"), plain())


def in_turns(ours: Command, theirs: Command, n: int) -> tuple[list[float], list[float]]:
    """n times each, alternating, after one of each that does not count."""
    timed(ours)
    timed(theirs)
    pairs = [(timed(ours), timed(theirs)) for _ in range(n)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
