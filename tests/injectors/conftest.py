"""Both servers, ours and the original, and a proxy on each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from injector_stand import Stand
from proxy_rig import Server
from two_servers import server

__all__ = ["server", "stand"]


@pytest.fixture
def stand(server: tuple[Server, bool]) -> Iterator[Stand]:
    with server[0].proxied() as proxied:
        yield Stand(server[0], proxied, server[1])
