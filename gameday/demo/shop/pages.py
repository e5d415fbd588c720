"""What the shop's pages do: browse, recommendations, the checkout; and the switches that change it."""

from __future__ import annotations

import asyncio
import json
import random
from dataclasses import dataclass, field
from typing import Any

from gameday.demo.shop.database import LONG, SHORT, Database
from gameday.demo.shop.dependencies import Cache, Payments
from gameday.demo.shop.schema import BASKET, CATALOGUE, END_LONG, PLACE_ORDER, RECOMMENDATIONS, SHOPPERS

USUALLY = {
    "recommendations": True,
    "read-cache": False,
    "pool-timeout": False,
    "pay-later": False,
    "cache-bypass": False,
}
"""The switches and how they usually stand. `read-cache` on: pages from the shop's own memory; `pool-timeout` on: fail
soon instead of queueing; `pay-later` on: orders are taken, and paid some other day; `cache-bypass` on: baskets come
from the database, and nobody asks the cache."""

Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class Shop:
    """The shop's own state: its switches, and the pages it could serve from memory."""

    database: Database
    payments: Payments
    cache: Cache
    switches: dict[str, bool] = field(default_factory=lambda: dict(USUALLY))
    _remembering: set[asyncio.Task[bool]] = field(default_factory=set)
    _dice: random.Random = field(default_factory=random.Random)
    _catalogue: Rows = field(default_factory=list)
    _recommended: list[Rows] = field(default_factory=list)

    async def warm(self) -> None:
        """Fill the memory once, so that the read cache has something to serve."""
        self._catalogue = await self.database.ask(CATALOGUE)
        self._recommended = [await self.database.ask(query) for query in RECOMMENDATIONS]

    def throw(self, name: str, on: bool) -> None:
        """Throw a switch. Raises KeyError for one that the shop does not have."""
        if name not in self.switches:
            raise KeyError(name)
        self.switches[name] = on
        self.database.pool_timeout = SHORT if self.switches["pool-timeout"] else LONG

    async def catalogue(self) -> Rows:
        """What is on sale."""
        if not self.switches["read-cache"]:
            self._catalogue = await self.database.ask(CATALOGUE)
        return self._catalogue

    async def recommendations(self) -> list[Rows]:
        """What else the shopper may like: six queries, one after the other, unless switched off or remembered."""
        if not self.switches["recommendations"]:
            return []
        if not self.switches["read-cache"]:
            self._recommended = [await self.database.ask(query) for query in RECOMMENDATIONS]
        return self._recommended

    async def basket(self) -> list[int]:
        """The products in some shopper's basket: from the cache, else from the database, and then remembered."""
        shopper = self._dice.randrange(SHOPPERS)
        bypassed = self.switches["cache-bypass"]
        remembered = None if bypassed else await self.cache.get(f"basket-{shopper}")
        if remembered is not None:
            return [int(product) for product in json.loads(remembered)]
        basket = [int(row[0]) for row in await self.database.ask(BASKET, shopper)]
        if not bypassed:
            self._remember(f"basket-{shopper}", basket)
        return basket

    async def checkout(self) -> int:
        """The main journey: the page with its recommendations, the basket, the payment, the order; its number."""
        await self.recommendations()
        basket = await self.basket()
        if not self.switches["pay-later"]:
            await self.payments.pay()
        return int((await self.database.ask(PLACE_ORDER, basket))[0][0])

    async def end_long(self) -> int:
        """End the sessions whose query has been running for over a second; how many."""
        return int((await self.database.ask(END_LONG))[0][0])

    def _remember(self, key: str, basket: list[int]) -> None:
        """Beside the journey: nobody waits for it."""
        task = asyncio.create_task(self.cache.put(key, json.dumps(basket).encode()))
        self._remembering.add(task)
        task.add_done_callback(self._remembering.discard)
