"""Vanished peers are detected, and clients that leave during the dial are closed."""

from __future__ import annotations

import contextlib
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.proxy import PATIENCE, Proxied, Server, eventually, read_exactly

from gameday.proxy import sockets

KEEPALIVE_TIMER = "02"


def test_both_sides_of_idle_connection_are_probed(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        pair.client.sendall(b"ping")
        assert read_exactly(pair.upstream, 4) == b"ping"
        towards = [pair.client.getsockname()[1], pair.upstream.getsockname()[1]]
        of_proxy = [pair.client.getpeername()[1], pair.upstream.getpeername()[1]]
        eventually(lambda: [_timer(*ports) for ports in zip(of_proxy, towards, strict=True)] == [KEEPALIVE_TIMER] * 2)


def test_small_pieces_are_sent_at_once() -> None:
    with socket.socket() as sock:
        sockets.set_connection_options(sock)
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_unix_socket_gets_no_keepalive() -> None:
    left, right = socket.socketpair()
    with left, right:
        sockets.set_connection_options(left)
        assert left.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


@pytest.mark.parametrize("reset", [False, True])
def test_client_leaving_during_dial_frees_descriptors(server: Server, reset: bool) -> None:
    with _silent_upstream() as upstream:
        made = server.http.post("/proxies", json={"name": "silent", "upstream": upstream}).json()
        listen = ("127.0.0.1", int(made["listen"].rpartition(":")[2]))
        before = _descriptors(server)
        clients = [socket.create_connection(listen, PATIENCE) for _ in range(10)]
        eventually(lambda: _descriptors(server) >= before + 20)
        for client in clients:
            if reset:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()
        eventually(lambda: _descriptors(server) <= before)
        server.http.delete("/proxies/silent")


def test_client_half_closing_during_dial_gets_answer(proxy: Proxied) -> None:
    proxy.toxic("latency", attributes={"latency": 1500, "connect": True})
    with proxy.client() as client:
        client.sendall(b"request")
        client.shutdown(socket.SHUT_WR)
        upstream, _ = proxy.backend.accept()
        with upstream:
            assert read_exactly(upstream, 7) == b"request"
            assert upstream.recv(1) == b""
            upstream.sendall(b"answer")
        assert read_exactly(client, 6) == b"answer"


@contextlib.contextmanager
def _silent_upstream() -> Iterator[str]:
    """Listen on an address with a full backlog, where no SYN is answered."""
    with contextlib.ExitStack() as sockets_open:
        listener = sockets_open.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = sockets_open.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _descriptors(server: Server) -> int:
    return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))


def _timer(local: int, remote: int) -> str:
    """Return the kernel's timer of the socket with these ports: 00 none, 01 retransmission, 02 keepalive."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = (f"{local:04X}", f"{remote:04X}")
    return next(row[5][:2] for row in rows if (row[1][-4:], row[2][-4:]) == ports)
