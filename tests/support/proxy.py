"""A proxy server as a process, ours or Toxiproxy's own, and both ends of connections through it."""

from __future__ import annotations

import contextlib
import functools
import random
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import pytest
from support.available_engines import toxiproxy_server

PATIENCE = 10.0
"""Seconds after which something that should happen is taken not to."""


@dataclass(frozen=True)
class Pair:
    """Both ends of one connection through a proxy."""

    client: socket.socket
    upstream: socket.socket

    def ends(self, stream: str) -> tuple[socket.socket, socket.socket]:
        """Return sender and receiver of that direction."""
        return (self.client, self.upstream) if stream == "upstream" else (self.upstream, self.client)


@dataclass(frozen=True)
class Proxied:
    """A proxy of the server, and the socket that its upstream listens on."""

    http: httpx.Client
    name: str
    listen: tuple[str, int]
    backend: socket.socket

    @property
    def path(self) -> str:
        return f"/proxies/{self.name}"

    def toxic(self, type_: str, stream: str = "downstream", **body: object) -> str:
        """Add a toxic and return its path."""
        answer = self.http.post(f"{self.path}/toxics", json={"type": type_, "stream": stream} | body)
        assert answer.status_code == 200, answer.text
        return f"{self.path}/toxics/{answer.json()['name']}"

    def update(self, **body: object) -> httpx.Response:
        return self.http.post(self.path, json=body)

    def shown(self) -> dict[str, object]:
        shown: dict[str, object] = self.http.get(self.path).json()
        return shown

    @contextlib.contextmanager
    def client(self) -> Iterator[socket.socket]:
        with socket.create_connection(self.listen, PATIENCE) as client:
            yield client

    @contextlib.contextmanager
    def pair(self) -> Iterator[Pair]:
        with self.client() as client:
            upstream, _ = self.backend.accept()
            upstream.settimeout(PATIENCE)
            with upstream:
                yield Pair(client, upstream)


@dataclass(frozen=True)
class Server:
    """A running server: ours, or the original."""

    process: subprocess.Popen[str]
    http: httpx.Client

    @contextlib.contextmanager
    def proxied(self, name: str = "db") -> Iterator[Proxied]:
        """Create a proxy to a backend of the test, removed at the end."""
        with socket.create_server(("127.0.0.1", 0)) as backend:
            backend.settimeout(PATIENCE)
            upstream = f"127.0.0.1:{backend.getsockname()[1]}"
            answer = self.http.post("/proxies", json={"name": name, "listen": "127.0.0.1:0", "upstream": upstream})
            assert answer.status_code == 201, answer.text
            host, _, port = answer.json()["listen"].rpartition(":")
            yield Proxied(self.http, name, (host, int(port)), backend)
            with contextlib.suppress(httpx.TransportError):  # a test may have ended the server
                self.http.delete(f"/proxies/{name}")


@contextlib.contextmanager
def ours(*args: str) -> Iterator[Server]:
    """Our server on a free port, told to end by SIGTERM, which it must do cleanly."""
    command = [sys.executable, "-m", "gameday.proxy", "--port", "0", *args]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().rsplit(" ", 1)[-1].strip()
            with httpx.Client(base_url=url, timeout=PATIENCE) as http:
                yield Server(process, http)
        finally:
            process.terminate()
        assert process.wait(PATIENCE) == 0


@contextlib.contextmanager
def original(binary: str, *args: str) -> Iterator[Server]:
    """Toxiproxy's own server, likewise."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [binary, "-host", "127.0.0.1", "-port", str(port), *args]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdout=quiet, stderr=quiet, text=True) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as http:
                eventually(lambda: _answers(http))
                yield Server(process, http)
        finally:
            process.terminate()


def is_reset(address: tuple[str, int]) -> bool:
    """Return True if a connection is accepted and then reset, which may come as early as the connect call."""
    try:
        with socket.create_connection(address, PATIENCE) as client:
            client.recv(1)
    except ConnectionResetError:
        return True
    return False


def reset_on_arrival(proxy: Proxied) -> bool:
    """Return True if a new connection is reset, which may come as early as the connect call."""
    try:
        with proxy.client() as client:
            client.shutdown(socket.SHUT_WR)
            readable = ready_to_read(client, proxy.backend, seconds=PATIENCE)
            if proxy.backend in readable:
                proxy.backend.accept()[0].close()
            return client.recv(1) != b""
    except OSError:  # a shutdown after the reset says that there is no connection
        return True


def ready_to_read(*socks: socket.socket, seconds: float) -> list[socket.socket]:
    """Return those that can be read, once one can or the time is over; select() itself fails above descriptor 1023."""
    with selectors.DefaultSelector() as selector:
        for sock in socks:
            selector.register(sock, selectors.EVENT_READ)
        ready = {key.fd for key, _ in selector.select(seconds)}
    return [sock for sock in socks if sock.fileno() in ready]


def _is_writable(sock: socket.socket, seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        return bool(selector.select(seconds))


def eventually(true: Callable[[], bool]) -> None:
    """Wait for the condition, at most the patience of the tests."""
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def read_exactly(sock: socket.socket, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        piece = sock.recv(min(size - len(got), 1 << 20))
        assert piece, f"closed after {len(got)} of {size} bytes"
        got += piece
    return bytes(got)


def send_until_stuck(sock: socket.socket, whole: bytes) -> int:
    """Send to a peer that does not read until it blocks for a third of a second; return the bytes sent."""
    sent = 0
    data = memoryview(whole)
    sock.setblocking(False)
    while sent < len(data) and _is_writable(sock, 0.3):
        with contextlib.suppress(BlockingIOError):
            sent += sock.send(data[sent : sent + (1 << 20)])
    sock.settimeout(PATIENCE)
    return sent


@functools.cache
def noise(size: int) -> bytes:
    """Return reproducible bytes in which a missing or misplaced piece shows."""
    return random.Random(size).randbytes(size)


def _answers(http: httpx.Client) -> bool:
    try:
        return http.get("/version").status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(params=["ours", pytest.param("original", marks=pytest.mark.engine("toxiproxy"))], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, bool]]:
    if request.param == "ours":
        with ours() as server:
            yield server, True
    else:
        with original(str(toxiproxy_server())) as server:
            yield server, False
