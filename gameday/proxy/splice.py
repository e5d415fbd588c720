"""Bytes from socket to socket inside the kernel, without a copy, where the system can."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import socket

ROOM = 1024 * 1024
"""Bytes of the pipe: as much as the system gives to anybody. Less does no harm."""
_FLAGS = getattr(os, "SPLICE_F_NONBLOCK", 2)
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EOPNOTSUPP}


class Pipe:
    """One for all connections: whatever is spliced in is spliced out, or read out, in the same call."""

    def __init__(self) -> None:
        self.works = hasattr(os, "splice")
        """False once the system has refused: a kernel or a sandbox without splice, a socket that cannot."""
        self._out, self._in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with contextlib.suppress(OSError):
            fcntl.fcntl(self._in, fcntl.F_SETPIPE_SZ, ROOM)

    def take(self, source: socket.socket) -> int | None:
        """How many bytes came into the pipe: 0 at the stream's end, None when this cannot be done here. OSError as
        from a read."""
        try:
            return os.splice(source.fileno(), self._in, ROOM, flags=_FLAGS)
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
            self.works = False
            return None

    def give(self, sink: socket.socket, size: int) -> bytes:
        """All of it to the sink; the rest that the sink has no room for. OSError as from a write, the pipe empty."""
        left = size
        try:
            while left:
                left -= os.splice(self._out, sink.fileno(), left, flags=_FLAGS)
        except BlockingIOError:
            return self._rest(left)
        except OSError:
            self._rest(left)
            raise
        return b""

    def close(self) -> None:
        os.close(self._in)
        os.close(self._out)

    def _rest(self, size: int) -> bytes:
        rest = bytearray()
        while len(rest) < size:
            rest += os.read(self._out, size - len(rest))
        return bytes(rest)
