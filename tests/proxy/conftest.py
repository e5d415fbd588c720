"""A server of ours for a whole file of tests, and a proxy on it for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.proxy import Proxied, Server, ours


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ours() as server:
        yield server


@pytest.fixture
def proxy(server: Server) -> Iterator[Proxied]:
    with server.proxied() as proxy:
        yield proxy
