"""A slow reader gets all data, and only then the end."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from support.proxy import PATIENCE, Proxied, Server, eventually, noise, ours, read_exactly

SIZE = 20 << 20
"""More than all of the kernel's buffers on the way."""


@contextmanager
def slow_pair(proxy: Proxied) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Connect a client with a small buffer to its upstream."""
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        client.settimeout(PATIENCE)
        client.connect(proxy.listen)
        upstream, _ = proxy.backend.accept()
        with upstream:
            upstream.settimeout(PATIENCE)
            yield client, upstream


def all_of(reader: socket.socket) -> bytes:
    """Up to the end, about 30 MB a second. A reset is no end."""
    got = bytearray()
    while piece := reader.recv(1 << 16):
        got += piece
        time.sleep(0.002)  # this is what makes it slow
    return bytes(got)


def sent_and_closed(sender: socket.socket, data: bytes) -> threading.Thread:
    def send() -> None:
        sender.sendall(data)
        sender.shutdown(socket.SHUT_WR)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def asked(client: socket.socket, upstream: socket.socket) -> None:
    """As a client that sends its request, says that this is all, and waits for the answer."""
    client.sendall(b"request")
    client.shutdown(socket.SHUT_WR)
    assert all_of(upstream) == b"request"


@pytest.mark.parametrize(
    ("kind", "attributes"),
    [
        ("noop", {}),
        ("stall", {"chance": 20, "time": 20}),
        ("latency", {"latency": 300}),
        ("limit_data", {"bytes": SIZE}),
    ],
)
def test_slow_client_that_half_closed_gets_whole_answer(kind: str, attributes: dict[str, int]) -> None:
    with ours() as server, server.proxied() as proxy:
        proxy.toxic(kind, attributes=attributes)
        with slow_pair(proxy) as (client, upstream):
            asked(client, upstream)
            sending = sent_and_closed(upstream, noise(SIZE))
            assert all_of(client) == noise(SIZE)
            sending.join()


def held(server: Server) -> None:
    """Until all that was sent is in the server's hands."""

    def received() -> bool:
        text = server.http.get("/metrics").text
        counts = re.findall(r"^toxiproxy_proxy_received_bytes_total\{.*\} (\S+)$", text, re.MULTILINE)
        return sum(map(float, counts)) >= SIZE

    eventually(received)


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
def test_slow_client_gets_data_released_by_removal(stream: str) -> None:
    with ours("-proxy-metrics") as server, server.proxied() as proxy, proxy.pair() as pair:
        path = proxy.toxic("latency", stream, attributes={"latency": 3_600_000})
        sender, reader = pair.ends(stream)
        reader.shutdown(socket.SHUT_WR)
        assert sender.recv(1) == b""
        sent_and_closed(sender, noise(SIZE)).join()
        held(server)
        assert server.http.delete(path).status_code == 204
        assert all_of(reader) == noise(SIZE)


def test_slow_client_gets_data_at_shutdown() -> None:
    with ours("-proxy-metrics") as server, server.proxied() as proxy, proxy.pair() as pair:
        proxy.toxic("latency", attributes={"latency": 3_600_000})
        sent_and_closed(pair.upstream, noise(SIZE)).join()
        held(server)
        server.process.terminate()  # what is left of it within 3 s is cut off, so this reader makes haste
        assert read_exactly(pair.client, SIZE) == noise(SIZE)
        assert pair.client.recv(1) == b""
