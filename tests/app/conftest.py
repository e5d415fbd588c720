"""A place for drills that use cases start."""

from __future__ import annotations

from support.drill_fixtures import make, original, ours, places, shop

__all__ = ["make", "original", "ours", "places", "shop"]
