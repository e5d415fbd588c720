"""Trial of what clients see in a network: `python -m gameday.proxy.connection_trial connect|serve|separate HOST PORT`.

`connect` tries new connections. `serve` accepts and echoes. `separate` opens a connection to such a server, listens at
READY_PORT once it has an answer, and reports what happens to this and to new connections when something separates
them. The report is JSON, in the file that becomes the termination message of a container.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

T = TypeVar("T")
READY_PORT = 20_001
REFUSED, SILENT, CONNECTED, MIXED = "refused", "silent", "connected", "mixed"
"""Results for a new connection; MIXED: sometimes refused, sometimes silent."""
CUT, OPEN = "cut", "open"
"""Results for an open connection."""
_REPORT = Path("/dev/termination-log")
_TRIES, _TRY_TIMEOUT_S, _TRY_PAUSE_S = 3, 3.0, 0.3
_SEPARATION_TIMEOUT_S = 8.0
"""A policy that is enforced shows within a second."""
_RESOLVE_TIMEOUT_S = 10.0


def main() -> int:
    role, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if role == "by-index":
        role = "serve" if os.environ["JOB_COMPLETION_INDEX"] == "0" else "separate"
    if role == "serve":
        _serve(port)
    try:
        report = {"new": try_new(host, port)} if role == "connect" else separate(host, port)
    except OSError as error:
        report = {"error": f"{host} port {port}: {error}"}
    _REPORT.write_text(json.dumps(report), encoding="utf-8")
    return 0


def try_new(host: str, port: int, timeout: float = _TRY_TIMEOUT_S) -> str:
    """Return what new connections see, by several tries at once."""
    address = _resolve(host, port)

    def attempt(number: int) -> str:
        time.sleep(number * _TRY_PAUSE_S)
        return _connect(address, timeout)

    with ThreadPoolExecutor(_TRIES) as pool:
        seen = set(pool.map(attempt, range(_TRIES)))
    return seen.pop() if len(seen) == 1 else CONNECTED if CONNECTED in seen else MIXED


def separate(host: str, port: int, ready_port: int = READY_PORT) -> dict[str, str]:
    """Report on an open and on new connections, once new ones fail or after a while."""
    address = _resolve(host, port)
    with _open_connection(address) as connection, socket.create_server(("0.0.0.0", ready_port)):  # noqa: S104 - a probe
        give_up = time.monotonic() + _SEPARATION_TIMEOUT_S
        while (new := _connect(address, 1.0)) == CONNECTED and time.monotonic() < give_up:
            time.sleep(0.1)
        return {"new": new, "open": OPEN if _is_answered(connection) else CUT}


def _resolve(host: str, port: int) -> tuple[str, int]:
    """Return the address; a Service that was just created has its name a moment later."""
    return _retry(lambda: (socket.gethostbyname(host), port), _RESOLVE_TIMEOUT_S)


def _open_connection(address: tuple[str, int]) -> socket.socket:
    """Return a connection that got an answer; the server may still be starting."""

    def connect() -> socket.socket:
        connection = socket.create_connection(address, 1.0)
        if _is_answered(connection):
            return connection
        connection.close()
        raise ConnectionError("no answer")

    return _retry(connect, 30.0)


def _retry(act: Callable[[], T], timeout: float) -> T:
    give_up = time.monotonic() + timeout
    while True:
        try:
            return act()
        except OSError:
            if time.monotonic() > give_up:
                raise
        time.sleep(0.1)


def _connect(address: tuple[str, int], timeout: float) -> str:
    try:
        socket.create_connection(address, timeout).close()
    except TimeoutError:
        return SILENT
    except OSError:
        return REFUSED
    return CONNECTED


def _is_answered(connection: socket.socket) -> bool:
    try:
        connection.settimeout(2.0)
        connection.sendall(b"?")
        return connection.recv(1) == b"?"
    except OSError:
        return False


class _Echo(socketserver.BaseRequestHandler):
    @override
    def handle(self) -> None:
        while data := self.request.recv(1024):
            self.request.sendall(data)


def _serve(port: int) -> None:
    with socketserver.ThreadingTCPServer(("0.0.0.0", port), _Echo) as server:  # noqa: S104 - the pod's own network
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
