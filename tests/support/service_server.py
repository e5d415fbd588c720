"""Services on this machine that keep what they receive: any HTTP request, or an e-mail over SMTP."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override

Request = tuple[str, str, dict[str, str], Any]


@dataclass
class Service:
    """`status` of every answer; `hangs`: none before the test is over. `requests`: (method, path, headers, body)."""

    port: int = 0
    status: int = 200
    hangs: bool = False
    requests: list[tuple[str, str, dict[str, str], Any]] = field(
        default_factory=list[tuple[str, str, dict[str, str], Any]]
    )
    mails: list[str] = field(default_factory=list[str])
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serve_http() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.requests.append((self.command, self.path, headers, json.loads(content) if content else None))
            if service.hangs:
                service.over.wait()
                return
            body = json.dumps({"event_id": "$1", "room_id": "!drill:localhost", "access_token": "t", "user_id": "@b:l"})
            self.send_response(service.status)
            if service.status == 302:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = _answer

        @override
        def log_message(self, format: str, *args: object) -> None: ...  # the base class's word

    yield from _serve(ThreadingHTTPServer(("127.0.0.1", 0), Handler), service)


@contextmanager
def serve_smtp() -> Iterator[Service]:
    """Serve SMTP (RFC 5321) without TLS, as far as a client needs that sends one mail."""
    service = Service()

    class Handler(socketserver.StreamRequestHandler):
        @override
        def handle(self) -> None:
            self._reply("220 localhost ESMTP")
            while line := self.rfile.readline().decode().strip():
                verb = line.partition(" ")[0].upper()
                if verb == "DATA":
                    self._reply("354 end with .")
                    lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
                    service.mails.append("".join(lines))
                self._reply("221 bye" if verb == "QUIT" else "250 ok")
                if verb == "QUIT":
                    return

        def _reply(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    yield from _serve(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler), service)


def _serve(server: socketserver.TCPServer, service: Service) -> Iterator[Service]:
    service.port = int(server.server_address[1])
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        server.server_close()
