"""Input of the desk's terminal, in which pasted text is marked as a paste.

Most terminals mark a paste themselves. Where one does not, its characters arrive in one read, faster than any hand.
"""

from __future__ import annotations

import os
import select
import threading
import time
from contextlib import suppress
from io import RawIOBase

from textual.drivers.linux_driver import LinuxDriver
from typing_extensions import override

PASTE_BEGIN, PASTE_END = b"\x1b[200~", b"\x1b[201~"
MIN_PASTE_LENGTH = 3
"""Characters in one read; two keys may be pressed at once."""
PASTE_GAP_S = 0.03
"""A long paste arrives in several reads, with shorter gaps than this; a key that is held down repeats more slowly."""
CTRL_C = 0x03
"""No text ends with this byte alone, so that it cancels or stops also right behind a paste."""
READ_SIZE = 4096
POLL_INTERVAL_MS = 100


class PasteMarker:
    """Marker of unmarked pastes; it sees every read of the terminal, with its time (CLOCK_MONOTONIC)."""

    def __init__(self) -> None:
        self._is_marked = False
        self._pasted_at = float("-inf")

    def mark(self, data: bytes, now: float) -> bytes:
        """Return the input, with marks around a paste that has none."""
        if self._is_marked or b"\x1b" in data:  # a paste that is marked, or a key that is no character
            begin, end = data.rfind(PASTE_BEGIN), data.rfind(PASTE_END)
            self._is_marked = begin > end or (self._is_marked and end < 0)
            return data
        continues = now - self._pasted_at < PASTE_GAP_S and set(data) != {CTRL_C}
        if not continues and not is_paste(data):
            return data
        self._pasted_at = now
        return PASTE_BEGIN + data + PASTE_END


def is_paste(data: bytes) -> bool:
    """Return True if no hand types as much at once; STOP alone, pressed again and again, is no paste."""
    text = data.decode("utf-8", "replace")
    return len(text) >= MIN_PASTE_LENGTH and not set(text) <= {"!", "\x03"}


class PasteMarkingDriver(LinuxDriver):
    """Driver whose input passes through a PasteMarker."""

    @override
    def run_input_thread(self) -> None:
        """Read a pipe that another thread fills with the marked input of the terminal."""
        terminal = self.fileno
        self.fileno, writer = os.pipe()
        thread = threading.Thread(target=self._mark_pastes, args=(terminal, writer), name="input", daemon=True)
        thread.start()
        try:
            super().run_input_thread()
        finally:
            os.close(self.fileno)
            self.fileno = terminal
            thread.join()

    def _mark_pastes(self, terminal: int, writer: int) -> None:
        """Pass the input on; once the terminal is closed, end the reader too: it would wait for input for ever."""
        with suppress(OSError), os.fdopen(writer, "wb", buffering=0) as pipe:
            self._pass_on(terminal, pipe)
        self.exit_event.set()

    def _pass_on(self, terminal: int, pipe: RawIOBase) -> None:
        marker, waiting = PasteMarker(), select.poll()
        waiting.register(terminal, select.POLLIN)
        while not self.exit_event.is_set():
            if not waiting.poll(POLL_INTERVAL_MS):
                continue
            data = os.read(terminal, READ_SIZE)
            if not data:
                return
            pipe.write(marker.mark(data, time.monotonic()))
