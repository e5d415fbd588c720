"""Run a command of the environment in a process group of its own, with bounded time and output."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from gameday.clients.command_processes import LABEL_VARIABLE, end_group
from gameday.process_identity import ProcessIdentity, process_with_pid

COMMAND_TIMEOUT_S = 60.0
MAX_OUTPUT_BYTES = 4096
"""Of each stream, the last bytes that are kept."""
OUTPUT_TIMEOUT_S = 0.5
"""For the rest of the output of a command that ended; its children may hold the stream open for long."""


class Command:
    """One command. `label` marks its processes, so that another process recognises them."""

    def __init__(self, words: Sequence[str], label: str, folder: Path | None = None) -> None:
        self._words = list(words)
        self._label = label
        self._folder = folder
        self._is_cancelled = False

    def start(self) -> ProcessIdentity:
        """Start it and return its process, which leads the group. Raises OSError."""
        self._process = subprocess.Popen(
            self._words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, cwd=self._folder, env={**os.environ, LABEL_VARIABLE: self._label},
        )  # fmt: skip
        self.identity = process_with_pid(self._process.pid)
        self._output, self._errors = _Tail(self._process.stdout), _Tail(self._process.stderr)
        return self.identity

    def wait(self, seconds: float) -> str:
        """Wait until it ends; return an empty string if it succeeded, else its error.

        One that failed or took too long leaves no process in its group."""
        name = self._words[0]
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._end_group()
            return f"{name} did not finish within {seconds:.0f} s"
        if code == 0:
            return ""
        self._end_group()
        if self._is_cancelled:
            return f"{name} was ended, because the drill ended"
        line = self._errors.last_line() or self._output.last_line()
        return f"{name} exited with {code}{': ' + line[:200] if line else ''}"

    def cancel(self) -> None:
        """End it with its group, from another thread than the one that waits."""
        self._is_cancelled = True
        self._end_group()

    def _end_group(self) -> None:
        end_group(self.identity, self._label)
        if self._process.poll() is None:
            self._process.wait()


class _Tail:
    """The last bytes of a stream, which is read until its end, so that a command never waits for a reader."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        assert stream is not None
        self._stream = stream
        self._kept = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream as stream:
            while chunk := os.read(stream.fileno(), 1 << 16):
                self._kept = (self._kept + chunk)[-MAX_OUTPUT_BYTES:]

    def last_line(self) -> str:
        """Return the last line that is not empty."""
        self._thread.join(OUTPUT_TIMEOUT_S)
        lines = self._kept.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


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
    except OSError as error:
        return f"{words[0]} could not be started: {error.strerror}"
    return command.wait(seconds)
