"""The environment's own commands: what a responder may do, and what starts its load."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

COMMAND_TIMEOUT_S = 60.0


def run_command(command: Sequence[str]) -> str:
    """Run it; empty when it succeeded, else what it said. Never raises for what the command does."""
    try:
        done = subprocess.run(
            list(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False,
            text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not end in {COMMAND_TIMEOUT_S:.0f} s"
    except OSError as error:
        return f"{command[0]} cannot be started: {error.strerror}"
    if done.returncode == 0:
        return ""
    said = (done.stderr or done.stdout).strip().splitlines()
    return f"{command[0]} ended with {done.returncode}{': ' + said[-1][:200] if said else ''}"
