"""Unix sockets as upstreams."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from support.proxy import PATIENCE, is_reset, ours, read_exactly


def test_unix_socket_upstream_works_with_toxics(tmp_path: Path) -> None:
    path = tmp_path / "db.sock"
    with ours() as server, socket.socket(socket.AF_UNIX) as backend:
        backend.bind(str(path))
        backend.listen()
        backend.settimeout(PATIENCE)
        made = server.http.post("/proxies", json={"name": "db", "upstream": f"unix:{path}"}).json()
        assert made["upstream"] == f"unix:{path}"
        host, _, port = made["listen"].rpartition(":")
        with socket.create_connection((host, int(port)), PATIENCE) as client, backend.accept()[0] as upstream:
            client.sendall(b"ping")
            assert read_exactly(upstream, 4) == b"ping"
            server.http.post("/proxies/db/toxics", json={"type": "reset_peer"})
            upstream.sendall(b"answer")
            with pytest.raises(ConnectionResetError):
                client.recv(1)
            assert upstream.recv(1) == b""


def test_missing_unix_socket_resets_client(tmp_path: Path) -> None:
    with ours() as server:
        made = server.http.post("/proxies", json={"name": "db", "upstream": f"unix:{tmp_path}/none"}).json()
        host, _, port = made["listen"].rpartition(":")
        assert is_reset((host, int(port)))
