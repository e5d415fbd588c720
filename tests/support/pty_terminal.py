"""Somebody at a terminal: a real pseudo-terminal, keys typed into it, its screen read back by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pyte

PATIENCE = 60.0
KEY_INTERVAL_S = 0.06
"""Between two keys: no hand is faster, and what comes faster than the program's PASTE_GAP_S is a paste."""


class Terminal:
    """One command on a terminal of its own. `printed` holds every byte that it ever wrote there."""

    def __init__(self, command: list[str], folder: Path, env: Mapping[str, str], width: int = 80, height: int = 24):
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._last_key_at = 0.0
        self.printed = b""
        self._master, slave = pty.openpty()
        self._resized(width, height)
        own = {key: value for key, value in env.items() if key not in ("COLUMNS", "LINES")} | {"TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gameday", *command], cwd=folder, env=own,
            stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):
            while data := os.read(self._master, 65536):
                with self._lock:
                    self.printed += data
                    self._stream.feed(data)

    @property
    def shown(self) -> str:
        """The screen as it stands."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def last_line(self) -> str:
        """The last line of the screen that is not empty, where text is typed."""
        return self.shown.rstrip().rpartition("\n")[2]

    def press(self, *keys: str) -> None:
        """One after the other; a word is typed letter by letter."""
        for key in keys:
            time.sleep(max(0.0, self._last_key_at + KEY_INTERVAL_S - time.monotonic()))
            os.write(self._master, NAMED.get(key, key).encode())
            self._last_key_at = time.monotonic()

    def until(self, words: str, within: float = PATIENCE) -> None:
        """Until the screen shows it."""
        end = time.monotonic() + within
        while words not in self.shown:
            assert time.monotonic() < end, f"{words!r} did not come; the screen was:\n{self.shown}"
            assert self.process.poll() is None or words in self.shown, f"{words!r} never came:\n{self.shown}"
            time.sleep(0.02)

    def asked(self, key: str, words: str, *answers: str) -> None:
        """Press the key, wait for what it asks, and answer that."""
        self.press(key)
        self.until(words)
        self.press(*answers)

    def resize(self, width: int, height: int) -> None:
        with self._lock:
            self._screen.resize(height, width)
        self._resized(width, height)
        self.process.send_signal(signal.SIGWINCH)

    def _resized(self, width: int, height: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def closed(self) -> None:
        """Close the window: the terminal hangs up."""
        os.close(self._master)
        self._reader.join(PATIENCE)
        self.process.wait(PATIENCE)

    def code(self) -> int:
        """Return the exit code; fail on a traceback in the output."""
        try:
            code = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it did not end; the screen was:\n{self.shown}") from None
        self._reader.join(PATIENCE)
        assert b"Traceback" not in self.printed, self.printed.decode(errors="replace")
        return code

    def end(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


NAMED = {
    "Enter": "\r", "Esc": "\x1b", "F1": "\x1bOP", "Up": "\x1b[A", "Down": "\x1b[B", "Ctrl-C": "\x03", "Ctrl-Q": "\x11",
}  # fmt: skip
