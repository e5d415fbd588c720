"""The smallest shop there is: an upstream that echoes, a client that keeps asking it through a proxy, its figures."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override

EVERY = 0.02
"""Seconds between two questions of the client."""


class _Echo(socketserver.StreamRequestHandler):
    """Answers each line with itself; after the line `flood` it sends until nobody takes any more."""

    @override
    def handle(self) -> None:
        with contextlib.suppress(OSError):
            for line in self.rfile:
                if line == b"flood\n":
                    while True:
                        self.wfile.write(b"\0" * 65536)
                self.wfile.write(line)


class _Upstream(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    @override
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore reset connections, which these tests cause."""


class Client(threading.Thread):
    """Keeps one connection, connects again when it breaks, and counts."""

    def __init__(self, listen: tuple[str, int]) -> None:
        super().__init__(daemon=True)
        self._listen = listen
        self.bypass: tuple[Path, tuple[str, int]] | None = None
        """While the file exists, the client asks this address instead: a mitigation that responders can run."""
        self.good = self.total = 0
        self.latency = 0.0
        self.over = threading.Event()
        self.start()

    @override
    def run(self) -> None:
        while not self.over.wait(EVERY):
            with contextlib.suppress(OSError), socket.create_connection(self._address(), 3.0) as connection:
                self._ask(connection)
            self.total += 1
            self.latency = 3.0

    def _address(self) -> tuple[str, int]:
        return self.bypass[1] if self.bypass and self.bypass[0].exists() else self._listen

    def _ask(self, connection: socket.socket) -> None:
        answers, address = connection.makefile("rb"), self._address()
        while not self.over.wait(EVERY) and self._address() == address:
            asked = time.monotonic()
            connection.sendall(b"one more\n")
            if answers.readline() != b"one more\n":
                return
            self.latency = time.monotonic() - asked
            self.good += 1
            self.total += 1

    def figures(self) -> dict[str, Any]:
        return {"good": self.good, "total": self.total, "latency": self.latency, "n": 1}


class Shop:
    """One upstream and one page of figures for all clients of this process."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}
        self._upstream = _Upstream(("127.0.0.1", 0), _Echo)
        self._stats = ThreadingHTTPServer(("127.0.0.1", 0), _stats(self.clients))
        for server in (self._upstream, self._stats):
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.upstream = f"127.0.0.1:{self._upstream.server_address[1]}"
        self.stats = f"http://127.0.0.1:{self._stats.server_address[1]}"

    def close(self) -> None:
        for client in self.clients.values():
            client.over.set()
        for server in (self._upstream, self._stats):
            server.shutdown()
            server.server_close()


def _stats(clients: dict[str, Client]) -> type[BaseHTTPRequestHandler]:
    class Stats(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(clients[self.path.strip("/")].figures()).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Not to the test's output."""

    return Stats
