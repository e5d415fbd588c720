"""The owner's door: a Unix socket on which any terminal of this user reaches a running drill at once."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from typing_extensions import override

Answer = Mapping[str, Any]
Handler = Callable[[Mapping[str, Any]], Answer]
MAX_REQUEST_BYTES = 65536


MARGIN = 0.5
"""Seconds for which an answer is waited for beyond the time in which the request is taken: on the way back too."""


class NoResponse(Exception):
    """Nobody behind the door, or no answer in time."""


class ResponseUnknown(NoResponse):
    """It was asked, and no answer came."""


class SocketServer:
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

        @override
        def handle(self) -> None:
            with suppress(OSError, ValueError):
                answer = handler(_object(self.rfile.readline(MAX_REQUEST_BYTES)))
                self.wfile.write(json.dumps(answer).encode() + b"\n")

    return Line


def send_request(path: Path, request: Mapping[str, Any], seconds: float) -> Answer:
    """One question through the door; raises Unanswered, and of that Unsure where it may still be read."""
    asked = False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(seconds)
            connection.connect(str(path))
            asked = True
            connection.sendall(json.dumps(request).encode() + b"\n")
            return _object(connection.makefile("rb").readline(1 << 20))
    except (OSError, ValueError) as error:
        raise (ResponseUnknown if asked else NoResponse)(str(error)) from error


def send_request_with_deadline(path: Path, request: Mapping[str, Any], seconds: float) -> Answer:
    """The same for what is to be written down: a drill that stood still does not take it from its queue when whoever
    asked has gone. One boot has one CLOCK_MONOTONIC."""
    now = time.monotonic()
    return send_request(path, {**request, "asked": now, "until": now + seconds}, seconds + MARGIN)


def _object(line: bytes) -> Mapping[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found
