"""A TCP relay that keeps every byte that a server sent."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from typing_extensions import override


class RecordingRelay:
    """Listens on `url`; `target` is set once the server is known. `received`: everything that it sent.

    `buffers_streams`: True if it holds back what answers a request for `/events`, as a proxy does that buffers."""

    buffers_streams = False

    def __init__(self) -> None:
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            @override
            def handle(self) -> None:
                relay.carry(self.request)

        self.target = ""
        self._chunks: list[bytes] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def received(self) -> str:
        return b"".join(self._chunks).decode("utf-8", "replace")

    def carry(self, browser: socket.socket) -> None:
        """Carry one connection in both directions until either side closes it."""
        parts = urlsplit(self.target)
        with contextlib.suppress(OSError), socket.create_connection((parts.hostname, parts.port or 80)) as server:
            requests: list[bytes] = []
            up = threading.Thread(target=self._copy, args=(browser, server, requests), daemon=True)
            up.start()
            self._copy(server, browser, self._chunks, lambda: self.buffers_streams and _asks_for_stream(requests))
            browser.shutdown(socket.SHUT_RDWR)
            up.join(5.0)

    @staticmethod
    def _copy(
        source: socket.socket, sink: socket.socket, kept: list[bytes], is_held: Callable[[], bool] = bool
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                kept.append(chunk)
                if not is_held():
                    sink.sendall(chunk)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _asks_for_stream(requests: list[bytes]) -> bool:
    return b"GET /events " in b"".join(requests)
