"""Places for whole drills at a terminal."""

from __future__ import annotations

from place_fixtures import make, original, ours, places, shop

__all__ = ["make", "original", "ours", "places", "shop"]
