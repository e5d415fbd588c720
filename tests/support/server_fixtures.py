"""For a file of tests that has to hold on both: each server once, and whether it is ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.available_engines import toxiproxy_server
from support.proxy import Server, original, ours


@pytest.fixture(params=["ours", pytest.param("original", marks=pytest.mark.engine("toxiproxy"))], scope="module")
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, bool]]:
    if request.param == "ours":
        with ours() as server:
            yield server, True
    else:
        with original(str(toxiproxy_server())) as server:
            yield server, False
