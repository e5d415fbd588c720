"""Peers that vanish without a word: the kernel probes both sides of an idle connection."""

from __future__ import annotations

import socket
from pathlib import Path

from support.proxy import Proxied, eventually, read_exactly

from gameday.proxy import sockets

KEEPALIVE_TIMER = "02"


def test_both_sides_of_an_idle_connection_are_probed(proxy: Proxied) -> None:
    with proxy.pair() as pair:
        pair.client.sendall(b"ping")
        assert read_exactly(pair.upstream, 4) == b"ping"
        towards = [pair.client.getsockname()[1], pair.upstream.getsockname()[1]]
        of_proxy = [pair.client.getpeername()[1], pair.upstream.getpeername()[1]]
        eventually(lambda: [_timer(*ports) for ports in zip(of_proxy, towards, strict=True)] == [KEEPALIVE_TIMER] * 2)


def test_a_unix_socket_needs_no_probes() -> None:
    left, right = socket.socketpair()
    with left, right:
        sockets.enable_keepalive(left)
        assert left.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 0


def _timer(local: int, remote: int) -> str:
    """The kernel's timer on the socket with these ports: 00 none, 01 retransmission, 02 keepalive."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    ports = (f"{local:04X}", f"{remote:04X}")
    return next(row[5][:2] for row in rows if (row[1][-4:], row[2][-4:]) == ports)
