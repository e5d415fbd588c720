"""When bytes came: the kernel's own note, so that a loop which is busy or was asleep makes no delay longer."""

from __future__ import annotations

import array
import contextlib
import os
import socket
import struct
import time

READ_SIZE = 256 * 1024
"""Bytes of one read."""
MAX_AGE = 0.1
"""Seconds: what has waited longer was held back by us, or somebody has set the clock; it counts from now."""

_SO_TIMESTAMPNS = 35
_NOTE = struct.Struct("qq")
_ROOM = socket.CMSG_SPACE(_NOTE.size)
_LANDING = memoryview(bytearray(READ_SIZE))
"""Where reads land. One for all: a read is copied before the loop does anything else."""


def enable_timestamps(sock: socket.socket) -> None:
    """From now on, note when bytes come. Where the system does not, they count from when they are read."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def receive_with_age(sock: socket.socket) -> tuple[bytes, float]:
    """A read, and how many seconds its last bytes had lain there. OSError as from a read."""
    size, notes, _, _ = sock.recvmsg_into([_LANDING], _ROOM)
    for level, kind, data in notes:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            _close_all(data)
    return bytes(_LANDING[:size]), _age_from_notes(notes)


def _close_all(passed: bytes) -> None:
    """Descriptors that a Unix socket's peer passes along go nowhere from here."""
    numbers = array.array("i")
    numbers.frombytes(passed[: len(passed) - len(passed) % numbers.itemsize])
    for number in numbers:
        os.close(number)


def _age_from_notes(notes: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in notes:
        if (level, kind, len(data)) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS, _NOTE.size):
            seconds, nanoseconds = _NOTE.unpack(data)
            late = time.time() - (seconds + nanoseconds / 1e9)
            return late if 0 < late < MAX_AGE else 0.0
    return 0.0
