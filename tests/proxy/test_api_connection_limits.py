"""Idle and incomplete API requests: they time out, and do not lock out other clients."""

from __future__ import annotations

import socket
import subprocess
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import psutil
from support.proxy import PATIENCE, eventually, ours

from gameday.proxy.api_server import MAX_CONNECTIONS

HALF = b"GET /version HTTP/1.1\r\nHost: a"
IMPATIENT = (
    "import gameday.proxy.api_server as limits; limits.REQUEST_TIMEOUT_S = 0.3;"
    " from gameday.proxy.__main__ import main; main()"
)


def test_idle_api_connections_do_not_lock_out_others() -> None:
    with ours() as server, ExitStack() as crowd:
        where = server.http.base_url
        for _ in range(5 * MAX_CONNECTIONS):
            one = crowd.enter_context(socket.create_connection((where.host, where.port), PATIENCE))
            one.sendall(HALF)
        assert httpx.get(f"{where}/version", trust_env=False, timeout=PATIENCE).status_code == 200
        eventually(lambda: psutil.Process(server.process.pid).num_fds() < MAX_CONNECTIONS + 40)


def test_incomplete_request_times_out() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", IMPATIENT, "-port", "0"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            url = urlsplit(process.stdout.readline().split()[-1])
            assert url.hostname is not None
            for half in (HALF, b"POST /proxies HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n\r\n{"):
                with socket.create_connection((url.hostname, url.port), PATIENCE) as asker:
                    asker.sendall(half)
                    assert ended(asker)
        finally:
            process.terminate()


def ended(asker: socket.socket) -> bool:
    try:
        return asker.recv(100) == b""
    except ConnectionResetError:
        return True
