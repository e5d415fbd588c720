"""stdin, stdout and stderr of a command: closed ones lead nowhere, and a reader that leaves changes no exit code.

A supervisor may start a command with a stream closed, and `| head` closes one early. What the command does, and the
code that it ends with, depend on neither.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from typing_extensions import override

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

READER_GONE = frozenset({errno.EPIPE, errno.EIO})
"""Errors of a write to a pipe without a reader, and to a terminal that was closed."""
STDIN, STDOUT, STDERR = range(3)


class OutputError(OSError):
    """The output cannot be written, as on a full disk."""


class _Output(io.FileIO):
    """Output that drops everything once its reader is gone; stderr, once it cannot be written at all."""

    leaves_with_reader = False
    """Raise BrokenPipeError once the reader is gone: there is nothing else to do than to show something."""

    @override
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            if error.errno not in READER_GONE and self.fileno() == STDOUT:
                raise OutputError(error.errno, error.strerror) from None
        _open_null(self.fileno())
        if _Output.leaves_with_reader:
            raise BrokenPipeError
        return memoryview(data).nbytes


def open_standard_streams() -> None:
    """Open the closed streams on /dev/null, and make the outputs survive the loss of their readers.

    Call it before any file is opened: a file with the number of a closed stream would receive what is printed there.
    """
    for descriptor in (STDIN, STDOUT, STDERR):
        try:
            os.fstat(descriptor)
        except OSError:
            _open_null(descriptor)
    if sys.stdin is None:
        sys.stdin = open(STDIN, closefd=False, encoding="utf-8")  # noqa: SIM115 - as long as the process
    sys.stdout = _robust_stream(STDOUT, sys.stdout)
    sys.stderr = _robust_stream(STDERR, sys.stderr)


def _open_null(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    if null != descriptor:
        os.dup2(null, descriptor)
        os.close(null)
    os.set_inheritable(descriptor, True)


def _robust_stream(descriptor: int, stream: TextIO | None) -> TextIO:
    """Return a stream on the same descriptor, in the encoding of the interpreter's own."""
    raw = io.BufferedWriter(_Output(descriptor, "wb", closefd=False))
    if not isinstance(stream, io.TextIOWrapper):
        return io.TextIOWrapper(raw, "utf-8", "backslashreplace")
    return io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=stream.line_buffering)


@contextmanager
def leave_with_reader() -> Iterator[None]:
    """Raise BrokenPipeError in this block as soon as nobody reads the output."""
    _Output.leaves_with_reader = True
    try:
        yield
    finally:
        _Output.leaves_with_reader = False
