"""Places to break, for each test one of its own."""

from __future__ import annotations

from place_fixtures import make, original, ours, place, places, server, shop

__all__ = ["make", "original", "ours", "place", "places", "server", "shop"]
