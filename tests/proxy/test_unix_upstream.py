"""Unix sockets as upstreams: only those that are allowed at start."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from support.proxy import PATIENCE, is_reset, ours, read_exactly


def test_unix_socket_upstream_works_with_toxics(tmp_path: Path) -> None:
    path = tmp_path / "db.sock"
    with ours("--allow-unix", str(path)) as server, socket.socket(socket.AF_UNIX) as backend:
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
    with ours("-allow-unix", f"{tmp_path}/none") as server:
        made = server.http.post("/proxies", json={"name": "db", "upstream": f"unix:{tmp_path}/none"}).json()
        host, _, port = made["listen"].rpartition(":")
        assert is_reset((host, int(port)))


@pytest.mark.parametrize("allowed", [[], ["--allow-unix", "/run/db"]])
@pytest.mark.parametrize("path", ["/run/docker.sock", "/run/db/", "/run/db/../docker.sock", "/run/./db", ""])
def test_unix_socket_that_is_not_allowed_is_refused_everywhere(allowed: list[str], path: str) -> None:
    """The port of the proxy is open to every user of the machine, the socket is not."""
    body = {"name": "db", "upstream": f"unix:{path}"}
    with ours(*allowed) as server, server.proxied("other") as other:
        before = other.shown()
        answers = [
            server.http.post("/proxies", json=body),
            server.http.post("/populate", json=[{"name": "first", "upstream": "127.0.0.1:1"}, body]),
            server.http.post("/populate", json=[body | {"name": "other"}]),
            server.http.post("/proxies/other", json=body),
            server.http.patch("/proxies/other", json={"Upstream": body["upstream"]}),
        ]
        assert [answer.status_code for answer in answers] == [403] * 5
        assert all(f"--allow-unix {path}" in answer.json()["error"] for answer in answers)
        assert server.http.get("/proxies").json() == {"other": before}


@pytest.mark.parametrize("option", ["--config", "--state"])
def test_file_with_unix_socket_that_is_not_allowed_ends_start_with_advice(tmp_path: Path, option: str) -> None:
    proxies = [{"name": "db", "listen": "127.0.0.1:0", "upstream": "unix:/run/db.sock"}]
    file = tmp_path / "file.json"
    file.write_text(json.dumps(proxies if option == "--config" else {"saved": 1, "proxies": proxies}))
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0", option, str(file)]
    ended = subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Unix socket /run/db.sock is not allowed: start the server with --allow-unix /run/db.sock" in ended.stderr
