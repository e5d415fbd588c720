"""Work in a process of its own session: nothing of a drill depends on the terminal it was started from."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from typing_extensions import override

from gameday.errors import Exit


def run_detached(work: Callable[[], Exit], said: Path) -> int:
    """Begin `work` there; returns its process number, and its exit code is the work's. What it prints goes to the
    file `said`, this user's alone. To be called before any thread and with no store open: a fork copies neither."""
    said.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(out)
        return pid
    code = Exit.FAILED
    try:
        code = _detached_main(work, out)
    finally:
        os._exit(int(code))  # the caller's own endings are not this process's to run


def _detached_main(work: Callable[[], Exit], out: int) -> Exit:
    from gameday.cli.main import map_exceptions

    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for there, here in ((nothing, 0), (out, 1), (out, 2)):
        os.dup2(there, here)
    sys.stdout, sys.stderr = ErrorIgnoringStream(sys.stdout), ErrorIgnoringStream(sys.stderr)
    code = map_exceptions(work)
    sys.stdout.flush()
    return code


class ErrorIgnoringStream(io.TextIOBase):
    """A stream that nothing can be broken by: the disk of its file may be full, and the drill goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute
        return self._stream.encoding

    @override
    def fileno(self) -> int:
        return self._stream.fileno()

    @override
    def write(self, words: str) -> int:
        with suppress(OSError):
            self._stream.write(words)
            self._stream.flush()
        return len(words)

    @override
    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def poll_exit(pid: int, *, wait: bool = False) -> Exit | None:
    """How it ended; None while it runs. One that was killed is FAILED here: its guardian puts everything back."""
    try:
        found, status = os.waitpid(pid, 0 if wait else os.WNOHANG)
    except ChildProcessError:
        return Exit.FAILED
    if found == 0:
        return None
    return Exit(os.WEXITSTATUS(status)) if os.WIFEXITED(status) and os.WEXITSTATUS(status) < len(Exit) else Exit.FAILED
