"""Both servers, ours and the original, and a proxy on each; and containers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from container_box import box, docker, make
from engines_here import toxiproxy_server
from injector_stand import Stand
from proxy_rig import Server, original, ours

__all__ = ["box", "docker", "make", "server", "stand"]


@pytest.fixture(params=["ours", "original"], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, bool]]:
    if request.param == "ours":
        with ours() as server:
            yield server, True
    else:
        with original(str(toxiproxy_server())) as server:
            yield server, False


@pytest.fixture
def stand(server: tuple[Server, bool]) -> Iterator[Stand]:
    with server[0].proxied() as proxied:
        yield Stand(server[0], proxied, server[1])
