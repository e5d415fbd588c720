"""For each process of the tests: one shop, one of our proxy servers, one original; for each test a place of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.available_engines import toxiproxy_server
from support.fake_shop import Shop
from support.proxy_drill import Make, Place, ProxyServer, serving

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
    """What was put back has stayed so, long after each test."""
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
