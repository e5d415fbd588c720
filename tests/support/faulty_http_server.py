"""A server on this machine that answers as a test says: honestly, wrongly, slowly or not at all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from typing_extensions import override


@dataclass
class Lies:
    """Responses of the server.

    `body` (JSON unless it is bytes), `status`, `length` as claimed, or `hang`. `by_query`: bodies by the parameter
    `query`, as Prometheus has them; `by_path`: bodies by the path.
    """

    body: Any = None
    status: int = 200
    length: int | None = None
    hang: bool = False
    headers: dict[str, str] = field(default_factory=dict[str, str])
    by_query: dict[str, Any] = field(default_factory=dict[str, Any])
    by_path: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass
class Server:
    """`url` to ask, `asked` the paths and `headers` the headers so far, `lies` what it does from now on."""

    url: str
    lies: Lies
    asked: list[str] = field(default_factory=list[str])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    go_on: threading.Event = field(default_factory=threading.Event)


def handler(serving: Callable[[], Server]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server = serving()
            server.asked.append(self.path)
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            lies = server.lies
            if lies.hang:
                server.go_on.wait()
                self.close_connection = True
                return
            address = urlsplit(self.path)
            query = parse_qs(address.query).get("query", [""])[0]
            body = lies.by_path.get(address.path, lies.by_query.get(query, lies.body))
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            try:
                self.send_response(lies.status)
                for name, value in lies.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(content) if lies.length is None else lies.length))
                self.end_headers()
                self.wfile.write(content)
                self.close_connection = lies.length is not None
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        @override
        def log_message(self, format: str, *args: object) -> None: ...  # the base class's word

    return Handler
