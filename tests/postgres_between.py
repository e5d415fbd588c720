"""What stands between a client and a real PostgreSQL and changes what its first answer says: as a pooler does, which
has a number of its own for each connection, or as an older server would."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Change = Callable[[bytes], bytes]
_KEY_DATA = b"K\x00\x00\x00"


def another_pid(answer: bytes) -> bytes:
    """The backend's number in BackendKeyData."""
    at = answer.find(_KEY_DATA)
    return answer if at < 0 else answer[: at + 5] + struct.pack(">i", 4) + answer[at + 9 :]


def version_13(answer: bytes) -> bytes:
    """Of whatever version it is, keeping the length of what it says."""
    at = answer.find(b"server_version\x00")
    start = at + len(b"server_version\x00")
    return answer if at < 0 else answer[:start] + b"13" + answer[start + 2 :]


@contextmanager
def between(port: int, change: Change) -> Iterator[int]:
    """A port that leads to `port`, until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_serve, args=(server, port, change), daemon=True).start()
        yield int(server.getsockname()[1])
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, port: int, change: Change) -> None:
    while True:
        try:
            near, _ = server.accept()
        except OSError:
            return
        far = socket.create_connection(("127.0.0.1", port))
        for one, other, then in ((near, far, bytes), (far, near, change)):
            threading.Thread(target=_pass, args=(one, other, then), daemon=True).start()


def _pass(one: socket.socket, other: socket.socket, change: Change) -> None:
    with suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(change(data))
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
