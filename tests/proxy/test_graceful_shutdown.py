"""Shutdown: data in flight is delivered, new clients are refused, and no peer delays it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import httpx
import pytest
from support.proxy import PATIENCE, noise, ours, read_exactly, send_until_stuck
from support.pty_terminal import Terminal


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
@pytest.mark.parametrize(
    ("kind", "attributes"),
    [("latency", {"latency": 3_600_000}), ("bandwidth", {"rate": 1}), ("slicer", {"average_size": 10, "delay": 10**6})],
)
def test_held_data_arrives_then_both_sides_close(stream: str, kind: str, attributes: dict[str, int]) -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        proxy.toxic(kind, stream, attributes=attributes)
        sender, receiver = pair.ends(stream)
        sender.sendall(noise(100_000))
        server.process.terminate()
        assert read_exactly(receiver, 100_000) == noise(100_000)
        assert receiver.recv(1) == b""
        assert sender.recv(1) == b""
        assert server.process.wait(PATIENCE) == 0
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(proxy.listen, PATIENCE)


def test_peer_that_does_not_read_is_closed_after_limit() -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        sent = send_until_stuck(pair.upstream, noise(96 << 20))
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
        assert sent > 0


def test_slow_peer_gets_buffered_data() -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        pair.client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        pair.upstream.sendall(noise(300_000))
        server.process.terminate()
        assert read_exactly(pair.client, 300_000) == noise(300_000)
        assert pair.client.recv(1) == b""


def test_second_signal_stops_at_once() -> None:
    with ours() as server, server.proxied() as proxy, proxy.pair() as pair:
        send_until_stuck(pair.upstream, noise(96 << 20))
        for _ in range(3):
            server.process.terminate()
        assert server.process.wait(PATIENCE) == 0


def test_terminal_shows_how_to_stop_and_shutdown(tmp_path: Path) -> None:
    terminal = Terminal(["proxy", "serve", "--port", "0"], tmp_path, os.environ, width=160)
    terminal.until("Press Ctrl-C to stop")
    url = terminal.shown.splitlines()[0].split()[-1]
    with socket.create_server(("127.0.0.1", 0)) as backend, httpx.Client(base_url=url, timeout=PATIENCE) as http:
        upstream = f"127.0.0.1:{backend.getsockname()[1]}"
        made = http.post("/proxies", json={"name": "db", "listen": "127.0.0.1:0", "upstream": upstream}).json()
        listen = ("127.0.0.1", int(made["listen"].rpartition(":")[2]))
        with socket.create_connection(listen, PATIENCE), backend.accept()[0] as peer:
            send_until_stuck(peer, noise(96 << 20))
            terminal.press("\x03")
            terminal.until("shutting down: delivering data in flight for up to 3 s; press Ctrl-C again")
            terminal.press("\x03")
            assert terminal.code() == 0
