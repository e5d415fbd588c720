"""HTTP clients of the shop's other dependencies: the payment provider and the cache."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import httpx

from gameday.demo.sliding_window import Window

PAYMENT_TIMEOUT_S = 3.0
CACHE_TIMEOUT_S = 1.0
"""Seconds until the shop gives up on a response. The cache's timeout is far too long, as it often is in practice: a
shop that waits this long for its cache is slower than without one."""


class PaymentError(Exception):
    """A payment that the provider did not confirm."""


@dataclass(slots=True)
class Payments:
    """Client of the payment provider, with counts of all and of successful payments."""

    client: httpx.AsyncClient
    url: str
    total: int = 0
    good: int = 0

    async def pay(self) -> None:
        """Pay once. Raises PaymentError for an error, a timeout or no response."""
        try:
            response = await self.client.post(f"{self.url}/pay", timeout=PAYMENT_TIMEOUT_S)
            response.raise_for_status()
            self.good += 1
        except httpx.HTTPError as error:
            raise PaymentError(type(error).__name__) from error
        finally:
            self.total += 1


@dataclass(slots=True)
class Cache:
    """Client of the cache, with the waits for its responses. Any error counts as a miss."""

    client: httpx.AsyncClient
    url: str
    waits: Window = field(default_factory=Window)

    async def get(self, key: str) -> bytes | None:
        """Return the cached text; None for a miss, an error or a timeout."""
        started = time.monotonic()
        try:
            response = await self.client.get(f"{self.url}/{key}", timeout=CACHE_TIMEOUT_S)
            return response.content if response.is_success else None
        except httpx.HTTPError:
            return None
        finally:
            now = time.monotonic()
            self.waits.add(now, now - started)

    async def put(self, key: str, text: bytes) -> bool:
        """Store the text; return whether the cache accepted it."""
        try:
            return (await self.client.put(f"{self.url}/{key}", content=text, timeout=CACHE_TIMEOUT_S)).is_success
        except httpx.HTTPError:
            return False
