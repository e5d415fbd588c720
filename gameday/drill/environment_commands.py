"""Commands of the environment: actions for responders, and the start of its load."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.clients.commands import run_bounded

COMMAND_TIMEOUT_S = 60.0


def run_command(command: Sequence[str]) -> str:
    """Run a command; return an empty string if it succeeded, else its error. Never raises for a failing command."""
    try:
        result = run_bounded(command, COMMAND_TIMEOUT_S)
    except (OSError, ValueError) as error:
        return f"{command[0]} could not be started: {getattr(error, 'strerror', None) or error}"
    if result.code is None:
        return f"{command[0]} did not finish within {COMMAND_TIMEOUT_S:.0f} s"
    if result.code == 0:
        return ""
    return f"{command[0]} exited with {result.code}{f': {result.message}' if result.message else ''}"
