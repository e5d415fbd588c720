"""A runtime folder for the links of each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator

import pytest
from support.facilitated_drill import furnish
from support.proxy_drill import Make, Place, ProxyServer, make, original, ours, places, shop
from support.web_pages import WebDrill, open_drill

from gameday.errors import Exit

__all__ = ["make", "original", "ours", "places", "shop"]


@pytest.fixture(autouse=True)
def _runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tempfile.mkdtemp(prefix="gd-", dir="/tmp")
    monkeypatch.setenv("GAMEDAY_RUNTIME", folder)
    monkeypatch.setattr("gameday.web.application.SHOWN_WITHIN_S", 0.0)  # the client of these drills records nothing
    yield
    shutil.rmtree(folder)


@pytest.fixture
def drill() -> WebDrill:
    """Return the pages of a drill with people that has just started."""
    return open_drill()


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Iterator[Place]:
    """Return a folder with a drill for people; a drill that a failed test left behind is ended."""
    place = make(ours)
    furnish(place)
    yield place
    assert place.gameday("halt").code == Exit.HELD
