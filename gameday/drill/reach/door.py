"""The owner's door: a Unix socket on which any terminal of this user reaches a running drill at once."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Answer = Mapping[str, Any]
Handler = Callable[[Mapping[str, Any]], Answer]
LONGEST = 65536


class Unanswered(Exception):
    """Nobody behind the door, or no answer in time."""


class Door:
    """Listens until closed; each request is one line of JSON, and so is its answer."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self.path = path
        with suppress(FileNotFoundError):
            path.unlink()
        self._server = socketserver.ThreadingUnixStreamServer(str(path), _line_server(handler))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        with suppress(FileNotFoundError):
            self.path.unlink()


def _line_server(handler: Handler) -> type[socketserver.StreamRequestHandler]:
    class Line(socketserver.StreamRequestHandler):
        timeout = 5.0

        def handle(self) -> None:
            with suppress(OSError, ValueError):
                answer = handler(_object(self.rfile.readline(LONGEST)))
                self.wfile.write(json.dumps(answer).encode() + b"\n")

    return Line


def ask(path: Path, request: Mapping[str, Any], seconds: float) -> Answer:
    """One question through the door; raises Unanswered."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            connection.connect(str(path))
            connection.sendall(json.dumps(request).encode() + b"\n")
            return _object(connection.makefile("rb").readline(1 << 20))
    except (OSError, ValueError) as error:
        raise Unanswered(str(error)) from error


def _object(line: bytes) -> Mapping[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
