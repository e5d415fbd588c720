"""Progress of a use case, for whoever waits for it."""

from __future__ import annotations

import time
from typing import Protocol

from typing_extensions import override


class Reporter(Protocol):
    """Receiver of lines from a use case that takes a while. Must not raise."""

    def output(self, line: str) -> None:
        """Report a result that the user asked for."""
        ...

    def status(self, line: str) -> None:
        """Report progress or a warning."""
        ...


class TimedReporter(Reporter):
    """Reporter whose lines begin with the local time, for the log of a service."""

    def __init__(self, inner: Reporter) -> None:
        self._inner = inner

    @override
    def output(self, line: str) -> None:
        self._inner.output(_with_time(line))

    @override
    def status(self, line: str) -> None:
        self._inner.status(_with_time(line))


def _with_time(line: str) -> str:
    return f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}"
