"""Output to a terminal that may be gone: losing the reader never stops a revert."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from typing_extensions import override

from gameday.app.reporter import Reporter
from gameday.cli.progress import clear_progress
from gameday.errors import InternalError
from gameday.printable import strip_hidden
from gameday.terminal.line_wrapping import wrap_for_terminal


def print_status(text: str) -> None:
    """Print one line on stderr."""
    _write(sys.stderr, text)


def print_output(text: str) -> None:
    """Print one line on stdout."""
    _write(sys.stdout, text)


class TerminalReporter(Reporter):
    """Reporter of use cases on stdout and stderr."""

    @override
    def output(self, line: str) -> None:
        print_output(line)

    @override
    def status(self, line: str) -> None:
        print_status(line)


TERMINAL = TerminalReporter()


def print_result(lines: Iterable[str]) -> None:
    """Print the requested result on stdout. Raises InternalError if it cannot be written, as on a full disk.

    A reader that closed the pipe is no error.
    """
    try:
        for line in lines:
            _print(sys.stdout, line)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InternalError(f"cannot write the result: {error.strerror}") from None


def _write(stream: TextIO, text: str) -> None:
    try:
        _print(stream, wrap_for_terminal(text, stream))
    except OSError:
        return


def _print(stream: TextIO, text: str) -> None:
    clear_progress()
    text = strip_hidden(text)
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "replace").decode(), file=stream, flush=True)
