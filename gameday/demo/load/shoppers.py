"""Shoppers who come at a fixed rate, however slow the shop is: a slow answer delays no next request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from gameday.demo.window import Window

PATIENCE = 10.0
"""Seconds a shopper waits. A journey that fails counts as this long: the shopper never got there."""


@dataclass(slots=True)
class Seen:
    """What users saw of one thing: cumulative counts, and how long the newest took (seconds)."""

    good: int = 0
    total: int = 0
    took: Window = field(default_factory=Window)

    def count(self, now: float, good: bool, took: float) -> None:
        """One more ended, well or not."""
        self.good += good
        self.total += 1
        self.took.add(now, took if good else max(took, PATIENCE))


@dataclass(slots=True)
class Shoppers:
    """Begins `rate` journeys a second, and as many visits to the neighbour page."""

    client: httpx.AsyncClient
    shop_url: str
    rate: float
    journey: Seen = field(default_factory=Seen)
    neighbour: Seen = field(default_factory=Seen)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def come(self) -> None:
        """Until cancelled: one of each at every beat. Times are due times, so that nothing adds up to a drift."""
        due = time.monotonic()
        while True:
            due = max(due, time.monotonic() - 1.0) + self._pause()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self.rate > 0:
                self._begin(self.journey, lambda: self.client.post(f"{self.shop_url}/checkout"))
                self._begin(self.neighbour, lambda: self.client.get(f"{self.shop_url}/help"))

    def _pause(self) -> float:
        return 1.0 / self.rate if self.rate > 0 else 0.1

    def _begin(self, seen: Seen, visit: Callable[[], Awaitable[httpx.Response]]) -> None:
        task = asyncio.create_task(_watch(seen, visit))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


async def _watch(seen: Seen, visit: Callable[[], Awaitable[httpx.Response]]) -> None:
    began = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE):
            good = (await visit()).is_success
    except (TimeoutError, httpx.HTTPError):
        good = False
    now = time.monotonic()
    seen.count(now, good, now - began)
