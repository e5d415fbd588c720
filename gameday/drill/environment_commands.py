"""Commands of the environment: actions for responders, and the start of its load. Each is a process group."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from gameday.clients.command_processes import LABEL_VARIABLE, end_group
from gameday.clients.foreign_text import last_line
from gameday.clients.output_tail import OutputTail
from gameday.model import COMMAND_TIMEOUT_S
from gameday.process_identity import ProcessIdentity, process_with_pid
from gameday.units import format_duration
from gameday.variables import credential_variables, redact_variables, substitute, used_variables


class Command:
    """One command. `label` marks its processes, so that another process recognises them.

    `words`: as written in gameday.yaml. Variables are substituted when it starts, so that no log holds their values."""

    def __init__(self, words: Sequence[str], label: str, folder: Path | None = None) -> None:
        self._words = list(words)
        self._label = label
        self._folder = folder
        self._is_cancelled = False

    def start(self) -> ProcessIdentity:
        """Start it and return its process, which leads the group. Raises OSError, and ValueError for its words."""
        words = [substitute(word, os.environ) for word in self._words]
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, cwd=self._folder, env={**os.environ, LABEL_VARIABLE: self._label},
        )  # fmt: skip
        self.identity = process_with_pid(self._process.pid)
        assert self._process.stdout is not None and self._process.stderr is not None
        self._output, self._errors = OutputTail(self._process.stdout), OutputTail(self._process.stderr)
        return self.identity

    def wait(self, seconds: float) -> str:
        """Wait until it ends; return an empty string if it succeeded, else its error.

        One that failed or took too long leaves no process in its group."""
        name = self._words[0]
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._end_group()
            return f"{name} did not finish within {format_duration(seconds)}"
        if code == 0:
            return ""
        self._end_group()
        if self._is_cancelled:
            return f"{name} was ended, because the drill ended"
        message = last_line(self._errors.text()) or last_line(self._output.text())
        secrets = credential_variables(os.environ) | used_variables(self._words, os.environ)
        message = redact_variables(message, secrets)
        return f"{name} exited with {code}{f': {message}' if message else ''}"

    def cancel(self) -> None:
        """End it with its group, from another thread than the one that waits."""
        self._is_cancelled = True
        self._end_group()

    def _end_group(self) -> None:
        end_group(self.identity, self._label)
        if self._process.poll() is None:
            self._process.wait()


def run_command(
    words: Sequence[str],
    label: str,
    on_start: Callable[[ProcessIdentity], None] = lambda _: None,
    folder: Path | None = None,
    seconds: float = COMMAND_TIMEOUT_S,
) -> str:
    """Run a command; return an empty string if it succeeded, else its error. Never raises for a failing command."""
    command = Command(words, label, folder)
    try:
        on_start(command.start())
    except (OSError, ValueError) as error:
        return start_error(words, error)
    return command.wait(seconds)


def start_error(words: Sequence[str], error: OSError | ValueError) -> str:
    """Return why a command could not be started."""
    return f"{words[0]} could not be started: {getattr(error, 'strerror', None) or error}"
