"""A server between `gameday` and a real proxy server that misbehaves: what no real one can be made to do."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import threading
from urllib.parse import urlsplit

from typing_extensions import override


class StandIn:
    """A server that forwards to a real one and misbehaves by its `mode`.

    Modes: `500`, `hangs`, `ignores reverts`, `ignores applies`, or `late` (an apply that lands when it is released).
    """

    def __init__(self, real: str) -> None:
        self.mode = ""
        self.refused = 0
        self.release = threading.Event()
        self.late: list[threading.Thread] = []
        self._real = urlsplit(real).netloc
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def forward(self, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        with contextlib.closing(http.client.HTTPConnection(self._real, timeout=5)) as connection:
            connection.request(verb, path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def answer(self, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Return the status and body for this request."""
        if self.mode == "500":
            self.refused += 1
            return 500, b"it is broken"
        if self.mode == "hangs":
            self.release.wait(60)
        if self.mode == "ignores reverts" and verb == "DELETE":
            return 204, b""
        if self.mode == "ignores applies" and verb == "POST":
            return 200, b"{}"
        if self.mode == "late" and verb == "POST" and path.endswith("/toxics"):
            self.late.append(threading.Thread(target=self._later, args=(verb, path, body)))
            self.late[-1].start()
            self.release.wait(60)
        return self.forward(verb, path, body)

    def _later(self, verb: str, path: str, body: bytes) -> None:
        self.release.wait(60)
        self.forward(verb, path, body)

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


def _handler(stand_in: StandIn) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, content = stand_in.answer(self.command, self.path, body)
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True

        do_GET = do_POST = do_DELETE = _do

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler
