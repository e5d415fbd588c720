"""A place for drills that use cases start."""

from __future__ import annotations

from support.proxy_drill import make, original, ours, places, shop

__all__ = ["make", "original", "ours", "places", "shop"]
