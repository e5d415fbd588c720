"""The output of a command: its end is kept, the rest is read and dropped."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import IO

MAX_OUTPUT_BYTES = 65_536
"""Bytes that are kept of each stream."""
_CHUNK_BYTES = 65536
_LAST_OUTPUT_S = 1.0
"""Wait for the last output of a command that has ended; its children may hold the pipe for longer."""


class OutputTail:
    """The last bytes of a stream, read in a thread, so that the command never waits for its reader."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._tail = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError), self._stream:
            while chunk := os.read(self._stream.fileno(), _CHUNK_BYTES):
                self._tail = (self._tail + chunk)[-MAX_OUTPUT_BYTES:]

    def text(self) -> bytes:
        """Return what was read last, in whole lines: a secret that is cut could not be recognised."""
        self._thread.join(_LAST_OUTPUT_S)
        return whole_lines(self._tail, MAX_OUTPUT_BYTES)


def whole_lines(tail: bytes, limit: int) -> bytes:
    """Return the last bytes of an output without the line that their begin cuts; `limit`: how many are kept."""
    return tail if len(tail) < limit else tail.partition(b"\n")[2]
