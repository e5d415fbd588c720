"""Measurement setup of the proxies: embedded server, original and direct connection, with the same peers."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
from support.available_engines import toxiproxy_server
from support.proxy import Server, original, ours

ROUNDS = 5
LOAD = str(Path(__file__).with_name("traffic_processes.py"))


@dataclass(frozen=True)
class Line:
    """A way to the two peers. `server` None: there is no proxy in it."""

    name: str
    server: Server | None
    drain: int
    echo: int

    def add(self, proxy: str, type_: str, stream: str, **attributes: int) -> None:
        if self.server:
            body = {"name": "t", "type": type_, "stream": stream, "attributes": attributes}
            self.server.http.post(f"/proxies/{proxy}/toxics", json=body).raise_for_status()

    def remove(self, proxy: str) -> None:
        if self.server:
            self.server.http.delete(f"/proxies/{proxy}/toxics/t").raise_for_status()

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server has taken since its start."""
        assert self.server is not None
        times = psutil.Process(self.server.process.pid).cpu_times()
        return float(times.user + times.system)


@dataclass(frozen=True)
class Place:
    """The three lines, and the peer that says how much came."""

    direct: Line
    ours: Line
    theirs: Line
    drained: subprocess.Popen[str]

    @property
    def lines(self) -> tuple[Line, Line, Line]:
        return self.direct, self.theirs, self.ours

    def poured(self, line: Line, connections: int, size: int, seconds: float) -> float:
        """Bytes a second, from the first piece that the peer got to the last."""
        run("pour", line.drain, connections, size, seconds)
        got, took = heard(self.drained)
        return float(got) / float(took)


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """Both servers and both peers as processes."""
    with contextlib.ExitStack() as stack:
        drained, echoing = (stack.enter_context(peer(role)) for role in ("drain", "echo"))
        drain, echo = int(heard(drained)[0]), int(heard(echoing)[0])
        mine = stack.enter_context(ours())
        theirs = stack.enter_context(original(str(toxiproxy_server())))
        yield Place(
            Line("direct", None, drain, echo),
            Line("ours", mine, _laid(mine, "drain", drain), _laid(mine, "echo", echo)),
            Line("original", theirs, _laid(theirs, "drain", drain), _laid(theirs, "echo", echo)),
            drained,
        )


@contextlib.contextmanager
def peer(*args: object) -> Iterator[subprocess.Popen[str]]:
    """Start a role of `traffic_processes.py` as a process that communicates by lines."""
    command = [sys.executable, LOAD, *map(str, args)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def heard(process: subprocess.Popen[str]) -> list[float]:
    """Return the next line of its output."""
    assert process.stdout is not None
    line: list[float] = json.loads(process.stdout.readline())
    return line


def run(*args: object) -> list[float]:
    """Run a role that ends by itself, and return its output."""
    done = subprocess.run([sys.executable, LOAD, *map(str, args)], capture_output=True, text=True, check=True)
    said: list[float] = json.loads(done.stdout or "[]")
    return said


def middle(rounds: Mapping[str, list[float]]) -> dict[str, float]:
    return {name: median(values) for name, values in rounds.items()}


def _laid(server: Server, name: str, port: int) -> int:
    body = {"name": name, "listen": "127.0.0.1:0", "upstream": f"127.0.0.1:{port}"}
    answer = server.http.post("/proxies", json=body)
    answer.raise_for_status()
    return int(answer.json()["listen"].rpartition(":")[2])
