"""Server of the control socket: a Unix socket on which the same user's terminals reach a running drill."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from typing_extensions import override

from gameday.drill.control.client import ServerAnswer, parse_object

Handler = Callable[[Mapping[str, Any]], ServerAnswer]
MAX_REQUEST_BYTES = 65536


class SocketServer:
    """Server that listens until closed. A request is one line of JSON, and so is its answer."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self.path = path
        with suppress(FileNotFoundError):
            path.unlink()
        self._server = socketserver.ThreadingUnixStreamServer(str(path), _line_handler(handler))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        with suppress(FileNotFoundError):
            self.path.unlink()


def _line_handler(handler: Handler) -> type[socketserver.StreamRequestHandler]:
    class LineHandler(socketserver.StreamRequestHandler):
        timeout = 5.0

        @override
        def handle(self) -> None:
            with suppress(OSError, ValueError):
                answer = handler(parse_object(self.rfile.readline(MAX_REQUEST_BYTES)))
                self.wfile.write(json.dumps(answer).encode() + b"\n")

    return LineHandler
