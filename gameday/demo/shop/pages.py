"""The shop's pages (browse, recommendations, checkout) and the switches that change them."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

from gameday.demo.shop.database import POOL_TIMEOUT_S, SHORT_POOL_TIMEOUT_S, Database
from gameday.demo.shop.dependencies import Cache, Payments
from gameday.demo.shop.schema import BASKET, CANCEL_LONG_QUERIES, CATALOGUE, PLACE_ORDER, RECOMMENDATIONS, SHOPPERS

DEFAULT_SWITCHES = {
    "recommendations": True,
    "read-cache": False,
    "pool-timeout": False,
    "pay-later": False,
    "cache-bypass": False,
}
"""The switches and their defaults. `read-cache` on: pages come from the shop's memory. `pool-timeout` on: requests fail
fast instead of queueing. `pay-later` on: orders are accepted and paid later. `cache-bypass` on: baskets come from the
database, without the cache."""

Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class Shop:
    """The shop: its switches, its dependencies, and the pages it can serve from memory."""

    database: Database
    payments: Payments
    cache: Cache
    switches: dict[str, bool] = field(default_factory=lambda: dict(DEFAULT_SWITCHES))
    _cache_writes: set[asyncio.Task[bool]] = field(default_factory=set)
    _random: random.Random = field(default_factory=random.Random)
    _catalogue: Rows = field(default_factory=list)
    _recommended: list[Rows] = field(default_factory=list)

    async def warm(self) -> None:
        """Fill the memory once, so that the read cache has pages to serve."""
        self._catalogue = await self.database.query(CATALOGUE)
        self._recommended = [await self.database.query(query) for query in RECOMMENDATIONS]

    def set_switch(self, name: str, on: bool) -> None:
        """Set a switch. Raises KeyError for an unknown one."""
        if name not in self.switches:
            raise KeyError(name)
        self.switches[name] = on
        self.database.pool_timeout = SHORT_POOL_TIMEOUT_S if self.switches["pool-timeout"] else POOL_TIMEOUT_S

    async def catalogue(self) -> Rows:
        """Return the products on sale."""
        if not self.switches["read-cache"]:
            self._catalogue = await self.database.query(CATALOGUE)
        return self._catalogue

    async def recommendations(self) -> list[Rows]:
        """Return recommendations: six queries in sequence, unless switched off or served from memory."""
        if not self.switches["recommendations"]:
            return []
        if not self.switches["read-cache"]:
            self._recommended = [await self.database.query(query) for query in RECOMMENDATIONS]
        return self._recommended

    async def basket(self) -> list[int]:
        """Return the products in some shopper's basket, from the cache or else from the database."""
        shopper = self._random.randrange(SHOPPERS)
        bypass = self.switches["cache-bypass"]
        cached = None if bypass else await self.cache.get(f"basket-{shopper}")
        if cached is not None:
            return [int(product) for product in json.loads(cached)]
        basket = [int(row[0]) for row in await self.database.query(BASKET, shopper)]
        if not bypass:
            self._write_to_cache(f"basket-{shopper}", basket)
        return basket

    async def checkout(self) -> int:
        """Run the main journey (recommendations, basket, payment, order); return the order's number."""
        await self.recommendations()
        basket = await self.basket()
        if not self.switches["pay-later"]:
            await self.payments.pay()
        return int((await self.database.query(PLACE_ORDER, basket))[0][0])

    async def cancel_long_queries(self) -> int:
        """End the sessions whose query has been running for over a second; return how many."""
        return int((await self.database.query(CANCEL_LONG_QUERIES))[0][0])

    def _write_to_cache(self, key: str, basket: list[int]) -> None:
        """Write in the background, so that the journey does not wait for the cache."""
        task = asyncio.create_task(self.cache.put(key, json.dumps(basket).encode()))
        self._cache_writes.add(task)
        task.add_done_callback(self._cache_writes.discard)
