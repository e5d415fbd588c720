"""Relay to a real PostgreSQL that changes its first response.

A pooler does so, with a backend number of its own for each connection; so does an older server version.
"""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

Change = Callable[[bytes], bytes]
_KEY_DATA = b"K\x00\x00\x00"


def another_pid(answer: bytes) -> bytes:
    """Return the backend's pid in BackendKeyData."""
    at = answer.find(_KEY_DATA)
    return answer if at < 0 else answer[: at + 5] + struct.pack(">i", 4) + answer[at + 9 :]


def version_13(answer: bytes) -> bytes:
    """Return the response with server version 13, and the same length."""
    at = answer.find(b"server_version\x00")
    start = at + len(b"server_version\x00")
    return answer if at < 0 else answer[:start] + b"13" + answer[start + 2 :]


@contextmanager
def between(port: int, change: Change) -> Iterator[int]:
    """Relay a new port to `port` until the end of the block."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, port, change, over))
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            over.set()
            thread.join()


def _serve(server: socket.socket, port: int, change: Change, over: threading.Event) -> None:
    ways: dict[socket.socket, tuple[socket.socket, Change]] = {}
    with ExitStack() as stack:
        while not over.is_set():
            for one in _readable([server, *ways]):
                if one is server:
                    near = stack.enter_context(server.accept()[0])
                    far = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                    ways |= {near: (far, bytes), far: (near, change)}
                elif one in ways:
                    _pass(one, ways)


def _readable(sockets: list[socket.socket]) -> list[socket.socket]:
    """Return the sockets with something to read, after 50 ms at most; descriptors above 1023 work too."""
    by_descriptor = {sock.fileno(): sock for sock in sockets}
    poll = select.poll()
    for descriptor in by_descriptor:
        poll.register(descriptor, select.POLLIN)
    return [by_descriptor[descriptor] for descriptor, _ in poll.poll(50)]


def _pass(one: socket.socket, ways: dict[socket.socket, tuple[socket.socket, Change]]) -> None:
    other, change = ways[one]
    with suppress(OSError):
        if data := one.recv(1 << 16):
            other.sendall(change(data))
            return
    for end in (one, other):
        ways.pop(end, None)
        end.close()
