"""What the shop's pages do: browse, recommendations, the checkout; and the switches that change it."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from gameday.demo.shop.database import LONG, SHORT, Database
from gameday.demo.shop.schema import CATALOGUE, PLACE_ORDER, PRODUCTS, RECOMMENDATIONS

PAYMENT = 0.3
"""Seconds the payment provider takes. It is outside and does not care about our database."""

USUALLY = {"recommendations": True, "read-cache": False, "pool-timeout": False}
"""The switches and how they usually stand. `pool-timeout` on is the short one: fail soon instead of queueing."""

Rows = list[tuple[Any, ...]]


@dataclass(slots=True)
class Shop:
    """The shop's own state: its switches, and the pages it could serve from memory."""

    database: Database
    switches: dict[str, bool] = field(default_factory=lambda: dict(USUALLY))
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

    async def checkout(self) -> int:
        """The main journey: the page with its recommendations, the payment, the order; returns the order's number."""
        await self.recommendations()
        await asyncio.sleep(PAYMENT)
        basket = self._dice.sample(range(1, PRODUCTS + 1), 3)
        return int((await self.database.ask(PLACE_ORDER, sorted(basket)))[0][0])
