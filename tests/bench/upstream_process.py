"""Process behind the bench's proxy: an echo server, and a client of it that reports its last round trip as JSON."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from typing_extensions import override

PAUSE = 0.005
"""Seconds between two trips."""


class Trips:
    """The client's last trip, and the one under way: a slow line shows before the slow answer is there."""

    def __init__(self) -> None:
        self.count = 0
        self._last = 0.0
        self._left: float | None = None
        self.neighbour = 1.0

    def go(self, connection: socket.socket) -> None:
        """One byte there and back; raises OSError when the line is closed."""
        self._left = time.monotonic()
        connection.sendall(b"?")
        if not connection.recv(1):
            raise ConnectionError
        self._last, self._left = time.monotonic() - self._left, None
        self.count += 1

    @property
    def seconds(self) -> float:
        left = self._left
        return max(self._last, time.monotonic() - left if left is not None else 0.0)


def echo(server: socket.socket) -> None:
    """Answer every byte, each connection in a thread of its own."""
    while True:
        connection, _ = server.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_echo_one, args=(connection,), daemon=True).start()


def _echo_one(connection: socket.socket) -> None:
    with connection:
        while said := connection.recv(64):
            connection.sendall(said)


def travel(trips: Trips, port: int) -> None:
    """Trip after trip; a line that breaks is taken up again."""
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    trips.go(connection)
                    time.sleep(PAUSE)
        except OSError:
            time.sleep(PAUSE)


def stats(trips: Trips) -> type[BaseHTTPRequestHandler]:
    """Serve the figures and commands.

    GET /stats returns the figures; POST /neighbour/0.5 sets the neighbour's share; POST /line/PORT starts the client
    through a proxy that listens there.
    """

    class Stats(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._say({"trip": trips.seconds, "n": trips.count, "neighbour": trips.neighbour})

        def do_POST(self) -> None:
            _, what, value = self.path.split("/")
            if what == "neighbour":
                trips.neighbour = float(value)
            else:
                threading.Thread(target=travel, args=(trips, int(value)), daemon=True).start()
            self._say({})

        def _say(self, answer: dict[str, float]) -> None:
            body = json.dumps(answer).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)

        @override
        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Nobody reads it."""

    return Stats


class Server(ThreadingHTTPServer):
    """Answers at once: twenty signals at one address are not to wait for each other's connection."""

    daemon_threads = True
    request_queue_size = 128


def main() -> None:
    """Run as `python upstream_process.py FILE`; the file gets the two ports, of the numbers and of the echo."""
    trips = Trips()
    behind = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=echo, args=(behind,), daemon=True).start()
    server = Server(("127.0.0.1", 0), stats(trips))
    ready = Path(sys.argv[1])
    half = ready.with_suffix(".half")
    half.write_text(json.dumps([server.server_port, behind.getsockname()[1]]), encoding="utf-8")
    half.rename(ready)
    server.serve_forever()


if __name__ == "__main__":
    main()
