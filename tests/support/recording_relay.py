"""A TCP relay that keeps every byte that a server sent."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from urllib.parse import urlsplit

from typing_extensions import override


class RecordingRelay:
    """Listens on `url`; `target` is set once the server is known. `received`: everything that it sent."""

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
            up = threading.Thread(target=self._copy, args=(browser, server, []), daemon=True)
            up.start()
            self._copy(server, browser, self._chunks)
            browser.shutdown(socket.SHUT_RDWR)
            up.join(5.0)

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket, kept: list[bytes]) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(65536):
                kept.append(chunk)
                sink.sendall(chunk)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
