"""Commands of the environment: actions for responders, and the start of its load."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

COMMAND_TIMEOUT_S = 60.0


def run_command(command: Sequence[str]) -> str:
    """Run a command; return an empty string if it succeeded, else its error. Never raises for a failing command."""
    try:
        done = subprocess.run(
            list(command), stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_TIMEOUT_S, check=False,
            text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{command[0]} did not finish within {COMMAND_TIMEOUT_S:.0f} s"
    except OSError as error:
        return f"{command[0]} could not be started: {error.strerror}"
    if done.returncode == 0:
        return ""
    output = (done.stderr or done.stdout).strip().splitlines()
    return f"{command[0]} exited with {done.returncode}{': ' + output[-1][:200] if output else ''}"
