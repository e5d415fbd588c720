"""A command with bounded time and output: the end of what it prints is kept, the rest is read and dropped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from gameday.clients.foreign_text import last_line

MAX_OUTPUT_BYTES = 4096
"""Bytes that are kept of each stream."""
_CHUNK_BYTES = 65536
_LAST_OUTPUT_S = 1.0
"""Wait for the last output of a command that has ended; its children may hold the pipe for longer."""


@dataclass(frozen=True, slots=True)
class CommandResult:
    """End of a command. `code`: None if it was killed at its timeout; `message`: the last line that it printed."""

    code: int | None
    message: str


class OutputTail:
    """The last bytes of a stream, read in a thread, so that the command never waits for its reader."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._tail = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._stream:
            while chunk := os.read(self._stream.fileno(), _CHUNK_BYTES):
                self._tail = (self._tail + chunk)[-MAX_OUTPUT_BYTES:]

    def text(self) -> bytes:
        """Return what was read last."""
        self._thread.join(_LAST_OUTPUT_S)
        return self._tail


def run_bounded(command: Sequence[str], timeout: float) -> CommandResult:
    """Run a command in a process group of its own, which is killed at the timeout. Raises OSError."""
    process = subprocess.Popen(
        list(command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0
    )
    assert process.stdout is not None and process.stderr is not None
    output, errors = OutputTail(process.stdout), OutputTail(process.stderr)
    code: int | None = None
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired:
        pass
    finally:
        if code is None:
            kill_group(process)
    return CommandResult(code, last_line(errors.text()) or last_line(output.text()))


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a command that has not been waited for, with all of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
