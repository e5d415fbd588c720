"""Work in a process and session of its own: a drill does not depend on the terminal it was started from."""

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


def run_detached(work: Callable[[], Exit], output: Path) -> int:
    """Start `work` in a child process; return its process id. Its exit code is the work's.

    It prints to the file `output`, readable by this user alone. Call it before any thread is started and with no
    store open: a fork copies neither.
    """
    output.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(descriptor)
        return pid
    code = Exit.FAILED
    try:
        code = _detached_main(work, descriptor)
    finally:
        os._exit(int(code))  # the parent's exit handlers are not this process's to run


def _detached_main(work: Callable[[], Exit], output: int) -> Exit:
    os.setsid()
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    sys.stdout, sys.stderr = ErrorIgnoringStream(sys.stdout), ErrorIgnoringStream(sys.stderr)
    code = work()
    sys.stdout.flush()
    return code


class ErrorIgnoringStream(io.TextIOBase):
    """Stream that ignores write errors: the disk of its file may be full, and the drill goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute
        return self._stream.encoding

    @override
    def fileno(self) -> int:
        return self._stream.fileno()

    @override
    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
            self._stream.flush()
        return len(text)

    @override
    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def poll_exit(pid: int, *, wait: bool = False) -> Exit | None:
    """Return the exit code; None while the process runs. A killed one is FAILED: its guardian reverts."""
    try:
        finished, status = os.waitpid(pid, 0 if wait else os.WNOHANG)
    except ChildProcessError:
        return Exit.FAILED
    if finished == 0:
        return None
    is_known = os.WIFEXITED(status) and os.WEXITSTATUS(status) in set(Exit)
    return Exit(os.WEXITSTATUS(status)) if is_known else Exit.FAILED
