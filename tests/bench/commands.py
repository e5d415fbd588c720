"""Commands as processes, timed alone or in turns with a peer."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.stack import plain_environment


@dataclass(frozen=True, slots=True)
class Command:
    """A command, its folder, its environment variables, and its successful exit codes."""

    args: Sequence[str]
    folder: Path
    environment: dict[str, str]
    ok_codes: frozenset[int] = frozenset({0})


def time_command(command: Command) -> float:
    """Return the wall time of one run in seconds. Raises RuntimeError if it fails."""
    started = time.monotonic()
    result = subprocess.run(
        command.args, cwd=command.folder, env=command.environment, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - started
    if result.returncode not in command.ok_codes:
        raise RuntimeError(f"{' '.join(command.args)} ended with {result.returncode}:\n{result.stdout}{result.stderr}")
    return seconds


def simple(*args: str) -> Command:
    """Return a command that needs no place of its own."""
    return Command(args, Path("/"), plain_environment())


def alternate(ours: Command, theirs: Command, n: int) -> tuple[list[float], list[float]]:
    """Return the times of n alternating runs, after one of each that does not count."""
    time_command(ours)
    time_command(theirs)
    pairs = [(time_command(ours), time_command(theirs)) for _ in range(n)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
