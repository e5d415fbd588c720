"""The log of upstreams that cannot be reached: once, until they recover."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from support.proxy import PATIENCE, is_reset

from gameday.proxy.upstream_dialer import UpstreamLog


@contextmanager
def heard() -> Iterator[tuple[httpx.Client, list[str]]]:
    """Start a server; collect its log lines about upstreams when it ends."""
    pipe, lines = subprocess.PIPE, list[str]()
    line = [sys.executable, "-m", "gameday.proxy", "--port", "0", "--allow-unix", "/no/such.sock"]
    with subprocess.Popen(line, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        with httpx.Client(base_url=process.stdout.readline().split()[-1], timeout=PATIENCE) as http:
            yield http, lines
        process.terminate()
        _, said = process.communicate(timeout=PATIENCE)
    lines += [line.partition("proxy db: ")[2] for line in said.splitlines() if "upstream" in line]


def listen_of(http: httpx.Client, upstream: str) -> tuple[str, int]:
    made = http.post("/proxies", json={"name": "db", "upstream": upstream}).json()
    return ("127.0.0.1", int(made["listen"].rpartition(":")[2]))


@pytest.mark.parametrize(
    ("upstream", "why"),
    [
        ("127.0.0.1:0", "connection refused"),
        ("127.0.0.1", "missing port in address"),
        ("127.0.0.1:99999", "invalid port"),
        ("http://127.0.0.1:80", "too many colons in address"),
        ("unix:/no/such.sock", "no such file or directory"),
        ("nosuch.invalid:80", "name or service not known"),
    ],
)
def test_unreachable_upstream_is_logged_once_with_reason(upstream: str, why: str) -> None:
    with heard() as (http, lines):
        listen = listen_of(http, upstream)
        assert [is_reset(listen) for _ in range(3)] == [True] * 3
    [line] = lines
    assert line.startswith(f"cannot connect to upstream {upstream}: ") and why in line


def test_recovery_and_next_failure_are_logged() -> None:
    with heard() as (http, lines):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        listen = listen_of(http, f"127.0.0.1:{port}")
        assert is_reset(listen)
        with socket.create_server(("127.0.0.1", port)) as backend, socket.create_connection(listen, PATIENCE):
            backend.settimeout(PATIENCE)
            backend.accept()[0].close()
        assert is_reset(listen)
    failed = f"cannot connect to upstream 127.0.0.1:{port}: connection refused; resetting clients (logged once)"
    assert lines == [failed, f"upstream 127.0.0.1:{port} reachable again", failed]


def test_other_upstream_is_logged_separately(caplog: pytest.LogCaptureFixture) -> None:
    dialled = UpstreamLog("db")
    for upstream in ("a:1", "a:1", "b:1", "b:1"):
        dialled.failed(upstream, ValueError("no"))
    dialled.succeeded("a:1")
    assert [record.args for record in caplog.records] == [("db", "a:1", "no"), ("db", "b:1", "no")]


def test_upstream_without_host_is_loopback() -> None:
    with heard() as (http, lines), socket.create_server(("127.0.0.1", 0)) as backend:
        backend.settimeout(PATIENCE)
        with socket.create_connection(listen_of(http, f":{backend.getsockname()[1]}"), PATIENCE):
            backend.accept()[0].close()
    assert lines == []
