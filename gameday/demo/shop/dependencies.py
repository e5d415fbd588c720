"""What the shop asks beside its database, over HTTP: the payment provider and the cache."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import httpx

from gameday.demo.sliding_window import Window

PAYMENT_PATIENCE = 3.0
CACHE_PATIENCE = 1.0
"""Seconds until the shop gives an answer up. The cache's are far too many, as they often are: whoever waits so long
for a cache is slower than without one."""


class NotPaid(Exception):
    """The payment provider did not say that it is paid."""


@dataclass(slots=True)
class Payments:
    """The provider, and how many payments ended, and how many of them well."""

    client: httpx.AsyncClient
    url: str
    asked: int = 0
    made: int = 0

    async def pay(self) -> None:
        """Raises NotPaid when nobody answers, or too late, or something else."""
        try:
            answer = await self.client.post(f"{self.url}/pay", timeout=PAYMENT_PATIENCE)
            answer.raise_for_status()
            self.made += 1
        except httpx.HTTPError as error:
            raise NotPaid(type(error).__name__) from error
        finally:
            self.asked += 1


@dataclass(slots=True)
class Cache:
    """The cache, and what its answers were waited for. Whatever goes wrong with it is a miss."""

    client: httpx.AsyncClient
    url: str
    waits: Window = field(default_factory=Window)

    async def get(self, key: str) -> bytes | None:
        """What is remembered; None where nothing is, or where nobody answers in time."""
        began = time.monotonic()
        try:
            answer = await self.client.get(f"{self.url}/{key}", timeout=CACHE_PATIENCE)
            return answer.content if answer.is_success else None
        except httpx.HTTPError:
            return None
        finally:
            now = time.monotonic()
            self.waits.add(now, now - began)

    async def put(self, key: str, text: bytes) -> bool:
        """Whether it was taken."""
        try:
            return (await self.client.put(f"{self.url}/{key}", content=text, timeout=CACHE_PATIENCE)).is_success
        except httpx.HTTPError:
            return False
