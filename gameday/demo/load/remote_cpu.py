"""How busy a database is, as it tells itself over HTTP: for one that runs in a container of its own."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from typing_extensions import override

from gameday.demo.load.cpu import Cpu


@dataclass(slots=True)
class RemoteCpu(Cpu):
    """`url` answers {"cpu": 0..1 or null}."""

    client: httpx.AsyncClient
    url: str
    _last: float | None = None

    @override
    async def look(self, now: float) -> None:
        del now
        try:
            told = (await self.client.get(self.url, timeout=1.0)).json()["cpu"]
            self._last = None if told is None else float(told)
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            self._last = None

    @override
    def share(self) -> float | None:
        """What it told last; None when it does not answer."""
        return self._last
