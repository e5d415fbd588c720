"""Capture of stderr during a full-screen view: shown in the log pane, printed afterwards."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import TextIO

from typing_extensions import override


class StderrCapture(io.TextIOBase):
    """Replacement of sys.stderr between `start` and `stop`, if it is a terminal."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._captured: list[str] = []
        self._real: TextIO | None = None

    def start(self) -> None:
        if self._real is None and sys.stderr.isatty():
            self._real, sys.stderr = sys.stderr, self

    def stop(self) -> None:
        """Restore stderr and print what was captured."""
        real, self._real = self._real, None
        if real is not None:
            sys.stderr = real
            print("".join(self._captured), end="", file=real, flush=True)
            self._captured.clear()

    @override
    def write(self, text: str) -> int:
        self._captured.append(text)
        for line in text.splitlines():
            if line.strip():
                self._show(line)
        return len(text)

    @override
    def writable(self) -> bool:
        return True

    @override
    def fileno(self) -> int:
        return self._real.fileno() if self._real is not None else 2
