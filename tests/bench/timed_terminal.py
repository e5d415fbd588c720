"""A command on a terminal of its own, 80x24: what it writes there with the time at which it came, and keys for it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator

from bench.commands import Command
from bench.stack import PATIENCE

WIDTH, HEIGHT = 80, 24
KIND = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}
"""Environment variables that describe the terminal to the command."""
TAKEN = 1 << 16
"""Bytes taken at once."""


class Terminal:
    """Begins the command at once. `began` is when (CLOCK_MONOTONIC)."""

    def __init__(self, command: Command) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        self._text = ""
        self._came: list[tuple[int, float]] = []
        self._more = threading.Condition()
        self._over = False
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command.args, cwd=command.folder, env=command.environment | KIND, stdin=theirs, stdout=theirs,
            stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for the process to end after a request to."""
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            os.close(self._ours)

    def _read(self) -> None:
        for some in self._pieces():
            now = time.monotonic()
            with self._more:
                self._text += some.decode("utf-8", errors="replace")
                self._came.append((len(self._text), now))
                self._more.notify_all()
        with self._more:
            self._over = True
            self._more.notify_all()

    def _pieces(self) -> Iterator[bytes]:
        """Until nobody holds the terminal any more."""
        try:
            while some := os.read(self._ours, TAKEN):
                yield some
        except OSError:
            return

    def seen(self, words: str) -> float:
        """Return when the text was first complete on the terminal.

        Raises TimeoutError, and RuntimeError after the process ended.
        """
        with self._more:
            there = self._more.wait_for(lambda: self._over or words in self._text, PATIENCE)
            at = self._text.find(words)
            if at >= 0:
                return next(when for end, when in self._came if end >= at + len(words))
        raise (RuntimeError if there else TimeoutError)(f"{words!r} did not come:\n{self._text[-4000:]}")

    def press(self, keys: str) -> None:
        """Type these, one after the other."""
        for key in keys:
            os.write(self._ours, key.encode())
