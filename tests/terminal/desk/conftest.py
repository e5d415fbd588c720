"""Folders for whole drills at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from support.facilitated_drill import furnish
from support.proxy_drill import Make, Place, ProxyServer, make, original, ours, places, shop

from gameday.errors import Exit

__all__ = ["make", "original", "ours", "places", "shop"]


@pytest.fixture
def place(make: Make, ours: ProxyServer) -> Iterator[Place]:
    """With a drill for people. A runner lives on without its terminal: also that of a test that failed is ended."""
    place = make(ours)
    furnish(place)
    yield place
    assert place.gameday("halt").code == Exit.HELD
