"""A server with fixed proxies as a process: its start, its toxic, its drain, and what it refuses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from support.proxy import PATIENCE, eventually

from gameday.errors import Exit
from gameday.proxy.server_plan import PLAN_VARIABLE, UPSTREAM_VARIABLE, ServerPlan

LATENCY = {"type": "latency", "stream": "downstream", "attributes": {"latency": 400}}
SILENT = {"type": "timeout", "stream": "downstream", "attributes": {"timeout": 0}}


@contextmanager
def server(plan: str) -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, PLAN_VARIABLE: plan, UPSTREAM_VARIABLE: "127.0.0.1"}
    command = [sys.executable, "-m", "gameday.proxy.fixed_server"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def accepts(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


class Path:
    """A client's connection through the server to an upstream, and the server."""

    def __init__(self, process: subprocess.Popen[str], plan: ServerPlan, upstream: socket.socket) -> None:
        self.process, self.plan, self.upstream = process, plan, upstream
        self.sockets: list[socket.socket] = []

    @property
    def listen(self) -> int:
        return next(iter(self.plan.ports))

    def connect(self) -> tuple[socket.socket, socket.socket]:
        """Return both ends of a new connection."""
        client = socket.create_connection(("127.0.0.1", self.listen), PATIENCE)
        self.sockets.append(client)
        client.sendall(b"?")
        while True:  # the server's own first connection has no data
            end, _ = self.upstream.accept()
            self.sockets.append(end)
            end.settimeout(PATIENCE)
            if end.recv(1) == b"?":
                return client, end

    def close(self) -> None:
        for each in self.sockets:
            each.close()


@contextmanager
def path(toxic: Mapping[str, object], drain: float = 30.0) -> Iterator[Path]:
    with socket.create_server(("127.0.0.1", 0)) as upstream:
        upstream.settimeout(PATIENCE)
        plan = ServerPlan({free_port(): upstream.getsockname()[1]}, toxic, free_port(), drain)
        with server(plan.encode()) as process:
            eventually(lambda: accepts(plan.ready_port))
            place = Path(process, plan, upstream)
            yield place
            place.close()


def answer(client: socket.socket, end: socket.socket) -> float:
    """Return the seconds until the client has an answer."""
    start = time.monotonic()
    end.sendall(b"!")
    assert client.recv(1) == b"!"
    return time.monotonic() - start


def test_toxic_acts_and_the_drain_passes_traffic_unchanged_until_clients_leave() -> None:
    with path(LATENCY) as place:
        client, end = place.connect()
        assert answer(client, end) >= 0.4
        place.process.send_signal(signal.SIGTERM)
        eventually(lambda: answer(client, end) < 0.4)
        late, late_end = place.connect()
        assert answer(late, late_end) < 0.4
        assert place.process.poll() is None
        place.close()
        assert place.process.wait(PATIENCE) == Exit.HELD


def test_drain_is_bounded_and_a_second_signal_ends_it() -> None:
    for drain, signals in ((0.1, 1), (600.0, 2)):
        with path(LATENCY, drain) as place:
            client, _ = place.connect()
            for _ in range(signals):
                place.process.send_signal(signal.SIGTERM)
                eventually(lambda: not accepts(place.plan.ready_port))
            assert place.process.wait(PATIENCE) == Exit.HELD
            assert client.recv(1) == b""


def test_silent_clients_are_closed_by_the_drain() -> None:
    with path(SILENT) as place:
        client, end = place.connect()
        end.sendall(b"!")
        place.process.send_signal(signal.SIGTERM)
        assert client.recv(1) == b""
        assert place.process.wait(PATIENCE) == Exit.HELD


def test_nothing_listens_before_the_upstream_accepts() -> None:
    upstream = free_port()
    plan = ServerPlan({free_port(): upstream}, LATENCY, free_port(), 1.0)
    with server(plan.encode()) as process:
        assert process.stderr is not None
        assert f"waiting for 127.0.0.1 port {upstream}" in process.stderr.readline()
        assert not accepts(plan.ready_port) and not accepts(next(iter(plan.ports)))
        with socket.create_server(("127.0.0.1", upstream)):
            eventually(lambda: accepts(plan.ready_port))
            assert accepts(next(iter(plan.ports)))


def test_server_that_still_waits_for_its_upstream_ends_at_once() -> None:
    plan = ServerPlan({free_port(): free_port()}, LATENCY, free_port(), 600.0)
    with server(plan.encode()) as process:
        assert process.stderr is not None and "waiting for" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == Exit.HELD


@pytest.mark.parametrize("plan", ["", "bm90aGluZw==", "%%"])
def test_missing_plan_is_told(plan: str) -> None:
    with server(plan) as process:
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == Exit.REFUSED and f"{PLAN_VARIABLE} is missing or invalid" in err
