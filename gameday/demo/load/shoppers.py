"""Shoppers who arrive at a fixed rate: a slow response does not delay the next request (open loop)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from gameday.demo.sliding_window import Window

MAX_WAIT_S = 10.0
"""Seconds until a shopper gives up. A failed journey counts as this long, because the shopper never got through."""


@dataclass(slots=True)
class RequestStats:
    """Cumulative counts of one kind of request, and the durations (seconds) of the newest."""

    good: int = 0
    total: int = 0
    durations: Window = field(default_factory=Window)
    failures: Window = field(default_factory=Window)
    _started: dict[int, float] = field(default_factory=dict)

    def begin(self, now: float) -> int:
        """Record the start of a request; return its number."""
        number = self.total + len(self._started)
        self._started[number] = now
        return number

    def end(self, number: int, now: float, good: bool) -> None:
        """Record the end of a request."""
        duration = now - self._started.pop(number)
        self.good += good
        self.total += 1
        self.durations.add(now, duration if good else max(duration, MAX_WAIT_S))
        self.failures.add(now, 0.0 if good else 1.0)

    def slowness(self, now: float) -> float | None:
        """Return the p95 of ended requests, or the age of the oldest open one if none ended (seconds)."""
        if self.durations.n(now):
            return self.durations.p95(now)
        return now - min(self._started.values()) if self._started else None


@dataclass(slots=True)
class Shoppers:
    """A source of `rate` journeys a second, and of as many visits to the neighbour page."""

    client: httpx.AsyncClient
    shop_url: str
    rate: float
    journey: RequestStats = field(default_factory=RequestStats)
    neighbour: RequestStats = field(default_factory=RequestStats)
    _open_visits: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Start one visit of each kind at every beat, until cancelled; beats are absolute, so they do not drift."""
        due = time.monotonic()
        while True:
            due = max(due, time.monotonic() - 1.0) + self._pause()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self.rate > 0:
                self._visit(self.journey, lambda: self.client.post(f"{self.shop_url}/checkout"))
                self._visit(self.neighbour, lambda: self.client.get(f"{self.shop_url}/help"))

    def _pause(self) -> float:
        return 1.0 / self.rate if self.rate > 0 else 0.1

    def _visit(self, stats: RequestStats, visit: Callable[[], Awaitable[httpx.Response]]) -> None:
        task = asyncio.create_task(_record(stats, visit))
        self._open_visits.add(task)
        task.add_done_callback(self._open_visits.discard)


async def _record(stats: RequestStats, visit: Callable[[], Awaitable[httpx.Response]]) -> None:
    number = stats.begin(time.monotonic())
    try:
        async with asyncio.timeout(MAX_WAIT_S):
            good = (await visit()).is_success
    except (TimeoutError, httpx.HTTPError):
        good = False
    stats.end(number, time.monotonic(), good)
