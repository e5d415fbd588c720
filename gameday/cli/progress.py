"""Progress line: what is awaited and for how long, on stderr, once a wait takes more than two seconds."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

DELAY_S = 2.0
"""A shorter wait shows nothing."""
TERMINAL_INTERVAL_S = 1.0
PLAIN_INTERVAL_S = 30.0
"""Between lines that stay: in a pipe or a log file."""
BLOCKED_TIMEOUT_S = 0.5
"""A blocked terminal never holds up what is awaited."""
CLEAR_LINE = "\r\x1b[K"


class ProgressLine:
    """A line that is written again each second on a terminal, and every 30 s elsewhere."""

    def __init__(self, awaited: str, stream: TextIO, *, plain: bool = False) -> None:
        self._awaited = awaited
        self._stream = stream
        self._is_terminal = not plain and stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        self._start = time.monotonic()
        self._ended = threading.Event()
        self._write_lock = threading.Lock()
        self._is_shown = False
        self._thread = threading.Thread(target=self._show_until_end, name="progress", daemon=True)

    def begin(self) -> None:
        """Start counting."""
        self._thread.start()

    def end(self) -> None:
        """Remove the line from a terminal."""
        self._ended.set()
        self._thread.join(BLOCKED_TIMEOUT_S)
        self.clear()

    def clear(self) -> None:
        """Remove the line until its next second, so that another line can be printed."""
        if not self._write_lock.acquire(timeout=BLOCKED_TIMEOUT_S):
            return
        try:
            if self._is_shown and self._is_terminal:
                self._write(CLEAR_LINE)
            self._is_shown = False
        finally:
            self._write_lock.release()

    def _show_until_end(self) -> None:
        pause = DELAY_S
        while not self._ended.wait(pause):
            self._show()
            pause = TERMINAL_INTERVAL_S if self._is_terminal else PLAIN_INTERVAL_S

    def _show(self) -> None:
        text = f"Waiting for {self._awaited}: {time.monotonic() - self._start:.0f} s"
        with self._write_lock:
            self._write(f"{CLEAR_LINE}{text}" if self._is_terminal else f"{text}\n")
            self._is_shown = True

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal is gone: a wait goes on without it
            self._ended.set()


_lines: list[ProgressLine] = []
"""The waits of this process, the innermost last."""


@contextmanager
def progress(awaited: str, *, plain: bool = False) -> Iterator[None]:
    """Show on stderr that `awaited` (a noun phrase) is awaited, until the block ends.

    `plain`: in lines that stay, for a screen reader."""
    clear_progress()
    line = ProgressLine(awaited, sys.stderr, plain=plain)
    _lines.append(line)
    line.begin()
    try:
        yield
    finally:
        line.end()
        _lines.remove(line)


def clear_progress() -> None:
    """Remove the line from the terminal before something else is printed."""
    for line in _lines:
        line.clear()
