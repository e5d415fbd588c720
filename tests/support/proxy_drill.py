"""Drills on a proxy of their own at a real server with a shop behind it, and the fixtures that make them."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.available_engines import toxiproxy_server
from support.drill_folder import Site, eventually
from support.fake_shop import Client, Shop
from typing_extensions import override

_NUMBERS = itertools.count()

LATENCY = "kind: latency, target: database, delay: 200ms, shows: {signal: wait, above: 100ms, by: fault+10s}"
OUTAGE = "kind: outage, target: database, seen_as: refused, shows: {signal: success, below: 90%, by: fault+10s}"
GAMEDAY = """\
gameday: 1
default_env: {name}
environments:
  {name}:
    targets: {{database: {{injector: toxiproxy, url: "{url}", proxy: {name}}}}}
    signals:
      success: {{kind: ratio, probe: http, url: "{stats}", good_count: good, total_count: total, healthy: at_least 99%,
                every: 100ms, min_samples: 1}}
      wait: {{kind: duration, probe: http, url: "{stats}", value: latency, n: n, healthy: at_most 90ms, every: 100ms}}
"""


class ProxyServer:
    """A fault proxy as a process: `ours`, or Toxiproxy's own `binary`."""

    def __init__(self, binary: Path | None) -> None:
        self.ours = binary is None
        self._binary = binary
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """On the same port as ever."""
        port = ["--port", str(self.port)] if self._binary is None else ["-port", str(self.port)]
        command = [sys.executable, "-m", "gameday.proxy"] if self._binary is None else [str(self._binary)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([*command, *port], stdout=quiet, stderr=quiet, start_new_session=True)
        eventually(lambda: self.ask("/proxies") is not None, "the proxy server")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, path: str) -> Any:
        """Return the response; None if there is none."""
        with contextlib.suppress(httpx.HTTPError, ValueError):
            return httpx.get(self.url + path, timeout=5.0, trust_env=False).json()
        return None

    def make(self, name: str, upstream: str, listen: str = "127.0.0.1:0") -> dict[str, Any]:
        body = {"name": name, "listen": listen, "upstream": upstream}
        answer = httpx.post(self.url + "/proxies", json=body, timeout=5.0, trust_env=False)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


class Place(Site):
    """One environment: its proxy, its store, its files. `url`: what gameday.yaml says (perhaps a stand-in's)."""

    def __init__(self, server: ProxyServer, shop: Shop, folder: Path, name: str = "", url: str = "") -> None:
        super().__init__(folder, name or f"p{os.getpid()}-{next(_NUMBERS)}")
        self.server, self.shop = server, shop
        self.url = url or server.url
        made = self.server.make(self.name, self.shop.upstream)
        host, _, port = str(made["listen"]).rpartition(":")
        self.listen = (host, int(port))
        self.before = self.shown()
        self.client = self.shop.clients[self.name] = Client(self.listen)
        self.bind(self.url)
        self.write(LATENCY)

    def bind(self, url: str) -> None:
        """gameday.yaml: the environment's proxy is asked at `url`."""
        stats = f"{self.shop.stats}/{self.name}"
        (self.folder / "gameday.yaml").write_text(GAMEDAY.format(name=self.name, url=url, stats=stats))

    @override
    def write(self, fault: str = LATENCY, **more: str) -> None:
        super().write(fault, **more)

    def shown(self) -> dict[str, Any]:
        """Return the proxy's state as the server reports it; empty if the server does not respond."""
        return self.server.ask(f"/proxies/{self.name}") or {}

    def clean(self) -> bool:
        """Return True if the proxy is as before the drill."""
        return self.shown() == self.before

    def marks(self) -> list[str]:
        return [str(toxic["name"]) for toxic in self.shown().get("toxics", [])]

    def close(self) -> None:
        self.end_runs()
        self.client.over.set()


Make = Callable[..., Place]
"""Type of the fixture `make`."""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens at, for a server that must be told one."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def serving(binary: Path | None) -> Iterator[ProxyServer]:
    """Run a server for the block; a suspended one is resumed to be ended."""
    server = ProxyServer(binary)
    try:
        yield server
    finally:
        server.process.send_signal(signal.SIGCONT)
        server.kill()


ORIGINAL = pytest.param("original", marks=pytest.mark.engine("toxiproxy"))
SERVERS = ("ours", "original")


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def places() -> list[Place]:
    """All that were made, for the look at the very end."""
    return []


@pytest.fixture(scope="session")
def ours(places: list[Place]) -> Iterator[ProxyServer]:
    with serving(None) as server:
        yield server
        still_as_before(server, places)


@pytest.fixture(scope="session")
def original(places: list[Place]) -> Iterator[ProxyServer]:
    with serving(toxiproxy_server()) as server:
        yield server
        still_as_before(server, places)


def still_as_before(server: ProxyServer, places: list[Place]) -> None:
    """Require that what was reverted is still absent, long after each test."""
    changed = [place.shown() for place in places if place.server is server and not place.clean()]
    assert not changed, f"not as before: {changed}"


@pytest.fixture(params=["ours", ORIGINAL])
def server(request: pytest.FixtureRequest) -> ProxyServer:
    """Each of the two, one after the other."""
    server: ProxyServer = request.getfixturevalue(request.param)
    return server


@pytest.fixture
def make(shop: Shop, places: list[Place], tmp_path: Path) -> Iterator[Make]:
    """Places on any server."""
    made: list[Place] = []

    def one(server: ProxyServer, url: str = "") -> Place:
        folder = tmp_path / f"place-{len(made)}"
        folder.mkdir()
        made.append(Place(server, shop, folder, url=url))
        places.append(made[-1])
        return made[-1]

    yield one
    for place in made:
        place.close()


@pytest.fixture
def place(make: Make, server: ProxyServer) -> Place:
    """One on each of the two."""
    return make(server)
