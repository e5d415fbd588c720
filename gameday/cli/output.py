"""Words to a terminal that may be gone: losing the reader never stops a revert."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from gameday.errors import InternalError


def print_status(text: str) -> None:
    """One line on stderr."""
    _write(sys.stderr, text)


def print_output(text: str) -> None:
    """One line on stdout."""
    _write(sys.stdout, text)


def print_result(lines: Iterable[str]) -> None:
    """What was asked for, on stdout. Raises ProgramFailed where it cannot be written, as on a full disk: an answer that
    is not there is no answer. A reader that is gone has had enough."""
    try:
        for line in lines:
            _print(sys.stdout, line)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InternalError(f"what was asked for cannot be written: {error.strerror}") from None


def _write(stream: TextIO, text: str) -> None:
    try:
        _print(stream, text)
    except OSError:
        return


def _print(stream: TextIO, text: str) -> None:
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:
        print(text.encode("ascii", "replace").decode(), file=stream, flush=True)
