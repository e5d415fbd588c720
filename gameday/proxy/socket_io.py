"""Socket input and output: reads with the kernel's timestamps, a send buffer, a splice pipe."""

from __future__ import annotations

import array
import contextlib
import errno
import fcntl
import os
import socket
import struct
import time
from collections import deque
from itertools import islice

READ_SIZE_BYTES = 256 * 1024
MAX_AGE_S = 0.1
"""Data that seems older was delayed by us, or the clock was set: its age counts as 0."""
MAX_CHUNKS_PER_SEND = 64
"""Chunks per system call: a toxic may have held many small ones."""
SPLICE_SIZE_BYTES = 512 * 1024
"""Bytes spliced in one turn: half a millisecond in which no other connection is served."""
PIPE_SIZE_BYTES = 1024 * 1024
"""The largest pipe that Linux grants to every user; a smaller one works too."""

_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("qq")
_CONTROL_SIZE = socket.CMSG_SPACE(_TIMESPEC.size)
_READ_BUFFER = memoryview(bytearray(READ_SIZE_BYTES))
"""Shared by all sockets: data is copied out before the loop does anything else."""
_SPLICE_FLAGS = getattr(os, "SPLICE_F_NONBLOCK", 2)
_SPLICE_UNSUPPORTED = {errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EOPNOTSUPP}

ControlMessages = list[tuple[int, int, bytes]]


def enable_timestamps(sock: socket.socket) -> None:
    """Ask the kernel to record when data arrives.

    Without its support, data counts as new when read."""
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def receive_with_age(sock: socket.socket) -> tuple[bytes, float]:
    """Read once, and return the data with the seconds its last bytes waited in the kernel.

    Raises OSError."""
    size, messages, _, _ = sock.recvmsg_into([_READ_BUFFER], _CONTROL_SIZE)
    _close_passed_descriptors(messages)
    return bytes(_READ_BUFFER[:size]), _age_s(messages)


class SendBuffer:
    """Data that the kernel has not accepted yet, in order, and its size in bytes."""

    __slots__ = ("_chunks", "size")

    def __init__(self) -> None:
        self._chunks: deque[memoryview | bytes] = deque()
        self.size = 0

    def add(self, data: memoryview | bytes) -> None:
        """Append data."""
        self._chunks.append(data)
        self.size += len(data)

    def send(self, sock: socket.socket) -> None:
        """Send as much as the socket accepts in one call. Raises OSError."""
        sent = sock.sendmsg(list(islice(self._chunks, MAX_CHUNKS_PER_SEND)))
        self.size -= sent
        while sent:
            first = self._chunks.popleft()
            if sent < len(first):
                self._chunks.appendleft(memoryview(first)[sent:])
                return
            sent -= len(first)

    def clear(self) -> None:
        """Discard everything."""
        self._chunks.clear()
        self.size = 0


class SplicePipe:
    """A pipe that moves data from socket to socket inside the kernel, without copying.

    One serves all connections: whoever fills it also empties it before anyone else has a turn."""

    def __init__(self) -> None:
        self.is_supported = hasattr(os, "splice")
        """False once the kernel, a sandbox or a socket has refused splice."""
        self._read_end, self._write_end = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._write_end, fcntl.F_SETPIPE_SZ, PIPE_SIZE_BYTES)

    def fill_from(self, source: socket.socket) -> int | None:
        """Read once into the pipe and return the size: 0 at the end, None if unsupported.

        Raises OSError."""
        try:
            return os.splice(source.fileno(), self._write_end, SPLICE_SIZE_BYTES, flags=_SPLICE_FLAGS)
        except OSError as error:
            if error.errno not in _SPLICE_UNSUPPORTED:
                raise
            self.is_supported = False
            return None

    def empty_into(self, sink: socket.socket, size: int) -> bytes:
        """Write `size` bytes to the sink and return what it did not accept.

        Raises OSError, with the pipe empty."""
        unsent = size
        try:
            while unsent:
                unsent -= os.splice(self._read_end, sink.fileno(), unsent, flags=_SPLICE_FLAGS)
        except BlockingIOError:
            return self._read(unsent)
        except OSError:
            self._read(unsent)
            raise
        return b""

    def close(self) -> None:
        """Close both ends."""
        os.close(self._write_end)
        os.close(self._read_end)

    def _read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            data += os.read(self._read_end, size - len(data))
        return bytes(data)


def _close_passed_descriptors(messages: ControlMessages) -> None:
    """Close file descriptors that the peer of a Unix socket passes along: they would leak."""
    for level, kind, data in messages:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors = array.array("i")
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
            for descriptor in descriptors:
                os.close(descriptor)


def _age_s(messages: ControlMessages) -> float:
    for level, kind, data in messages:
        if (level, kind, len(data)) == (socket.SOL_SOCKET, _SO_TIMESTAMPNS, _TIMESPEC.size):
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            age = time.time() - (seconds + nanoseconds / 1e9)
            return age if 0 < age < MAX_AGE_S else 0.0
    return 0.0
