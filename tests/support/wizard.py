"""A person who answers the questions of `init`, `new` and `env bind`, and what they find around them."""

from __future__ import annotations

import contextlib
import difflib
import io
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.proxy import Proxied
from typing_extensions import override

from gameday.cli.main import run_command
from gameday.errors import Exit
from gameday.files.project import read_project
from gameday.model import Environment

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


SCENARIO = """\
gameday: 1
id: late
timebox: 10m
requires:
  targets: {db: "what {journey} writes to"}
  signals: {order-time: {kind: duration}, orders: {kind: ratio}}
  actions: {reads: read what is stored}
  terms: {journey: ordering}
hypothesis: {statement: "Orders go on.", expect: [{signal: order-time, at_most: 2s, over: 60s}]}
steady_state: [{signal: order-time, is: healthy}]
mitigations: [reads]
faults: [{id: slow, kind: latency, target: db, delay: 200ms}]
guardrails: [{signal: orders, below: 50%, for: 30s}]
rehearsal:
  responders: [{at: fault+10s, do: declared}]
"""
HEAD = """\
# ours: nobody's else  \t
gameday:   1
default_env: staging
environments:
  staging:
    charter: {swarm: 5m}     # as we promised
"""
ORDERS = '      orders: {kind: ratio, probe: process, run: [sh, -c, "echo 1 100"]}   # all of them\n'
TIME = ["process", "sh -c 'echo 0.2 12'", "keep", "at_most 500ms"]
READS = ["true", "true", "keep"]


def bound_already(proxied: Proxied) -> str:
    return HEAD + (
        f'    targets:\n      db: {{injector: toxiproxy, url: "{proxied.http.base_url}", proxy: shop-db}}\n'
        f"    signals:\n{ORDERS}"
    )


def bind(monkeypatch: pytest.MonkeyPatch, *answers: str) -> Exit:
    monkeypatch.setattr("sys.stdin", Person(*answers))
    return run_command(["env", "bind", "late.yaml"])


def staging() -> Environment:
    return read_project(Path("gameday.yaml")).environments["staging"]


def only_added(before: str) -> bool:
    after = Path("gameday.yaml").read_bytes().decode()
    return not [line for line in difflib.ndiff(before.splitlines(True), after.splitlines(True)) if line[0] == "-"]
