"""A real PostgreSQL for each file, and somebody at it who begins with nothing of ours there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.postgres import Place, Stand, serving
from support.proxy import eventually


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with serving(tmp_path_factory.mktemp("postgres")) as place:
        yield place


@pytest.fixture
def stand(place: Place) -> Stand:
    eventually(lambda: not place.shown())
    return Stand(place)
