"""What `gameday init` and `gameday env bind` are tested with: a server that says who asked for what, and a folder
that is compared byte by byte."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override

PROMETHEUS: Mapping[str, Any] = {
    "/api/v1/alerts": {"data": {"alerts": [{"labels": {"alertname": "OrdersSlow"}, "state": "firing"}]}},
    "/api/v1/rules?type=alert": {"data": {"groups": [{"rules": [{"name": "OrdersSlow"}, {"name": "DiskFull"}]}]}},
}


@dataclass
class Listener:
    """Answers with JSON by path, else 404; `heard` is all that it was asked, verb and path."""

    bodies: Mapping[str, Any]
    url: str = ""
    heard: list[str] = field(default_factory=list[str])


@contextlib.contextmanager
def listening(bodies: Mapping[str, Any]) -> Iterator[Listener]:
    one = Listener(bodies)

    class Handler(BaseHTTPRequestHandler):
        @override
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline()
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            one.heard.append(f"{self.command} {self.path}")
            content = json.dumps(one.bodies.get(self.path)).encode()
            self.send_response(200 if self.path in one.bodies else 404)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        @override
        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        one.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()


class Person(io.StringIO):
    """Somebody at a terminal, who says these lines."""

    def __init__(self, *lines: str) -> None:
        super().__init__("".join(f"{line}\n" for line in lines))

    @override
    def isatty(self) -> bool:
        return True


def folder_as_it_is(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below it: its bytes, and when it was last written."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}
