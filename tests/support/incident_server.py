"""A server of incidents on this machine: it keeps the requests, and answers in the format that a test gives it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from typing_extensions import override


@dataclass
class IncidentServer:
    """`answer`: the body, as JSON; `status` and `text` replace it; `answers`: the first bodies, in order."""

    url: str = ""
    answer: Any = None
    status: int = 200
    text: str | None = None
    answers: list[str] = field(default_factory=list[str])
    paths: list[str] = field(default_factory=list[str])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    over: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False


@contextmanager
def serve_incidents() -> Iterator[IncidentServer]:
    server = IncidentServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.paths.append(self.path)
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            if server.hangs:
                server.over.wait()
            text = json.dumps(server.answer) if server.text is None else server.text
            body = (server.answers.pop(0) if server.answers else text).encode()
            self.send_response(server.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        @override
        def log_message(self, format: str, *args: Any) -> None: ...

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    server.url = f"http://127.0.0.1:{listening.server_address[1]}"
    threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        listening.shutdown()
        listening.server_close()
