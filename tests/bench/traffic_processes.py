"""The load and its peers, each a process of its own: who pours and who drains, who pings and who echoes."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import sys
import time
from collections.abc import Callable

BLOCK = 1024 * 1024
PATIENCE = 20.0
_SINK = bytearray(16 * BLOCK)


def main() -> None:
    """Run as `python traffic_processes.py ROLE ARGUMENTS`; prints JSON lists, a peer its port first."""
    roles: dict[str, Callable[..., None]] = {"drain": drain, "echo": echo, "pour": pour, "ping": ping, "crowd": crowd,
                                             "visit": visit}  # fmt: skip
    roles[sys.argv[1]](*sys.argv[2:])


def say(*what: object) -> None:
    print(json.dumps(what), flush=True)


def drain() -> None:
    """Take all that comes; each time the last connection has closed, say bytes and seconds."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        say(server.getsockname()[1])
        while True:
            say(*_drained(server))


def _drained(server: socket.socket) -> tuple[int, float]:
    """Return the bytes after the first piece, and the seconds from the first piece to the last."""
    with _Peers(server) as peers:
        got, began, last = 0, 0.0, 0.0
        while not began or peers.opened:
            for sock in peers.ready():
                if not (size := _truncated(sock)):
                    peers.close(sock)
                    continue
                last = time.monotonic()
                began, got = (began, got + size) if began else (last, 0)
        return got, last - began


def _truncated(sock: socket.socket) -> int:
    """Let the kernel count and discard the bytes, so that the reader is never the bottleneck."""
    try:
        return sock.recv_into(_SINK, len(_SINK), socket.MSG_TRUNC)
    except OSError:
        return 0


def echo() -> None:
    """Answer what comes with the same, on all connections."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as server:
        say(server.getsockname()[1])
        with _Peers(server) as peers:
            while True:
                for sock in peers.ready():
                    _echo(peers, sock)


def _echo(peers: _Peers, sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        if data := sock.recv(65536):
            sock.sendall(data)
            return
    peers.close(sock)


class _Peers:
    """The connections that a server has accepted, and which of them have something to say."""

    def __init__(self, server: socket.socket) -> None:
        self.opened: dict[int, socket.socket] = {}
        self._server = server
        self._poll = select.epoll()
        self._poll.register(server, select.EPOLLIN)

    def __enter__(self) -> _Peers:
        return self

    def __exit__(self, *_: object) -> None:
        self._poll.close()

    def ready(self) -> list[socket.socket]:
        found = [fd for fd, _ in self._poll.poll()]
        if self._server.fileno() in found:
            sock, _ = self._server.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.opened[sock.fileno()] = sock
            self._poll.register(sock, select.EPOLLIN)
        return [self.opened[fd] for fd in found if fd != self._server.fileno()]

    def close(self, sock: socket.socket) -> None:
        del self.opened[sock.fileno()]
        sock.close()


def pour(port: str, connections: str, size: str, seconds: str) -> None:
    """Send `size` bytes on each connection, or what goes in `seconds`; say when all are connected."""
    socks = {sock.fileno(): sock for sock in (_connected(port) for _ in range(int(connections)))}
    left = dict.fromkeys(socks, int(size))
    block = memoryview(bytes(BLOCK))
    poll = select.epoll()
    for sock in socks.values():
        sock.setblocking(False)
        poll.register(sock, select.EPOLLOUT)
    say(len(socks))
    until = time.monotonic() + float(seconds)
    while left and time.monotonic() < until:
        for fd, _ in poll.poll(0.1):
            left[fd] -= socks[fd].send(block[: left[fd]])
            if not left[fd]:
                poll.unregister(fd)
                del left[fd]
    for sock in socks.values():
        sock.close()


def ping(port: str, count: str) -> None:
    """64 bytes there and back, time after time, on one connection: the seconds of each."""
    with _connected(port) as sock:
        trip(sock)
        say(*(trip(sock) for _ in range(int(count))))


def trip(sock: socket.socket) -> float:
    began = time.perf_counter()
    sock.sendall(bytes(64))
    got = 0
    while got < 64:
        got += len(sock.recv(64)) or _closed()
    return time.perf_counter() - began


def crowd(port: str, connections: str) -> None:
    """Ping on every connection, each as soon as the last is answered, until a line comes on stdin.

    Print the number of round trips and of lost connections, and "running" once each connection had a round trip.
    """
    socks = {sock.fileno(): sock for sock in (_connected(port) for _ in range(int(connections)))}
    poll = select.epoll()
    poll.register(sys.stdin, select.EPOLLIN)
    for sock in socks.values():
        trip(sock)
        poll.register(sock, select.EPOLLIN)
    for sock in socks.values():
        sock.sendall(bytes(64))
    say("running")
    trips = 0
    while sys.stdin.fileno() not in (found := [fd for fd, _ in poll.poll()]):
        for sock in [socks[fd] for fd in found if fd in socks]:
            if _went(sock):
                trips += 1
                sock.sendall(bytes(64))
            else:
                poll.unregister(sock)
                del socks[sock.fileno()]
    say(trips, int(connections) - sum(_went(sock) for sock in socks.values()))


def visit(port: str, connections: str, together: str) -> None:
    """Open short connections, some at a time, each for one byte there and back; print the seconds of all."""
    left, opened, poll = int(connections), dict[int, socket.socket](), select.epoll()
    began = time.monotonic()
    while left or opened:
        while left and len(opened) < int(together):
            sock = _connected(port)
            sock.send(b"?")
            opened[sock.fileno()], left = sock, left - 1
            poll.register(sock, select.EPOLLIN)
        for fd, _ in poll.poll():
            with opened.pop(fd) as sock:
                assert sock.recv(1) == b"?", "the connection was closed"
    say(time.monotonic() - began)


def _went(sock: socket.socket) -> bool:
    """Return True if the current ping was answered."""
    try:
        return bool(sock.recv(64))
    except OSError:
        return False


def _connected(port: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", int(port)), PATIENCE)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _closed() -> int:
    raise ConnectionError("the connection was closed")


if __name__ == "__main__":
    main()
