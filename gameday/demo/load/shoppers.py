"""Shoppers who come at a fixed rate, however slow the shop is: a slow answer delays no next request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from gameday.demo.sliding_window import Window

PATIENCE = 10.0
"""Seconds a shopper waits. A journey that fails counts as this long: the shopper never got there."""


@dataclass(slots=True)
class Seen:
    """What users saw of one thing: cumulative counts, and how long the newest took (seconds)."""

    good: int = 0
    total: int = 0
    took: Window = field(default_factory=Window)
    failed: Window = field(default_factory=Window)
    _begun: dict[int, float] = field(default_factory=dict)

    def begin(self, now: float) -> int:
        """One more under way; returns its number."""
        number = self.total + len(self._begun)
        self._begun[number] = now
        return number

    def end(self, number: int, now: float, good: bool) -> None:
        """It ended, well or not."""
        took = now - self._begun.pop(number)
        self.good += good
        self.total += 1
        self.took.add(now, took if good else max(took, PATIENCE))
        self.failed.add(now, 0.0 if good else 1.0)

    def slowness(self, now: float) -> float | None:
        """The p95 of those that ended, or how long the first has been waiting when none does (seconds)."""
        if self.took.n(now):
            return self.took.p95(now)
        return now - min(self._begun.values()) if self._begun else None


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
    number = seen.begin(time.monotonic())
    try:
        async with asyncio.timeout(PATIENCE):
            good = (await visit()).is_success
    except (TimeoutError, httpx.HTTPError):
        good = False
    seen.end(number, time.monotonic(), good)
