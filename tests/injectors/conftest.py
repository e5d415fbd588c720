"""Both servers, ours and the original, and a proxy on each; and containers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.docker_target import box, containers, docker, make, network, subnet
from support.proxy import Server, server
from support.toxiproxy_injector import Stand

__all__ = ["box", "containers", "docker", "make", "network", "server", "stand", "subnet"]


@pytest.fixture
def stand(server: tuple[Server, bool]) -> Iterator[Stand]:
    with server[0].proxied() as proxied:
        yield Stand(server[0], proxied, server[1])
