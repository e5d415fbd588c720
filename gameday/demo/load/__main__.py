"""`python -m gameday.demo.load HOME`: load the shop of the demo recorded there, and serve what users see."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gameday.demo import demo_record
from gameday.demo.alert import Rule, answer, journey_failing, journey_slow
from gameday.demo.load.cpu import Cpu, CpuShare
from gameday.demo.load.shoppers import PATIENCE, Shoppers
from gameday.demo.serve import serve

ANNOUNCED = "load.port"
LOOK_EVERY = 0.5
MOST = 200.0
UNTOLD: dict[str, Any] = {
    "database": {"wait": None, "n": 0},
    "cache": {"wait": None, "n": 0},
    "payments": {"good": 0, "total": 0},
}


@dataclass(slots=True)
class Watch:
    """What the load process knows: shoppers, the database as seen from outside, the alert rules, and what the shop
    told last of its own waits."""

    shoppers: Shoppers
    cpu: Cpu
    slow: Rule
    failing: Rule
    told: dict[str, Any] = field(default_factory=lambda: dict(UNTOLD))

    async def look(self) -> None:
        """Until cancelled: twice a second, ask the shop for its waits, look at the CPU, evaluate the rules."""
        due = time.monotonic()
        while True:
            now, journey = time.monotonic(), self.shoppers.journey
            self.slow.evaluate(now, journey.slowness(now))
            self.failing.evaluate(now, journey.failed.mean(now))
            await self.cpu.look(now)
            self.told = await self._told_by_shop() or self._silent()
            due = max(due + LOOK_EVERY, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def _told_by_shop(self) -> dict[str, Any] | None:
        try:
            told = (await self.shoppers.client.get(f"{self.shoppers.shop_url}/waits", timeout=1.0)).json()
            return {part: told[part] for part in UNTOLD}
        except (httpx.HTTPError, ValueError, KeyError):
            return None

    def _silent(self) -> dict[str, Any]:
        """A wait that nobody told is unknown; a count stays what it was."""
        return UNTOLD | {"payments": self.told["payments"]}


def app(watched: Callable[[httpx.AsyncClient], Watch]) -> Starlette:
    """The load as a web application; shoppers come as long as it lives. `watched` is given the client for visits."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        # The shoppers' own patience ends a visit: one limit for the whole of it, where httpx has one for each step.
        async with httpx.AsyncClient(limits=limits, timeout=2 * PATIENCE, trust_env=False) as client:
            watch = watched(client)
            application.state.watch = watch
            tasks = [asyncio.create_task(watch.shoppers.come()), asyncio.create_task(watch.look())]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    answers = [
        Route("/stats", _stats),
        Route("/api/v1/alerts", _alerts),
        Route("/load", _load, methods=["POST"]),
    ]
    return Starlette(routes=answers, lifespan=lifespan)


def watch(client: httpx.AsyncClient, shop_url: str, rate: float, cpu: Cpu, *, break_alert: bool = False) -> Watch:
    """Shoppers for the shop at that address, and what watches them."""
    shoppers = Shoppers(client, shop_url, rate)
    return Watch(shoppers, cpu, journey_slow(break_alert), journey_failing(break_alert))


async def _stats(request: Request) -> Response:
    watch: Watch = request.app.state.watch
    journey, neighbour, now = watch.shoppers.journey, watch.shoppers.neighbour, time.monotonic()
    took = {"p95": journey.took.p95(now), "n": journey.took.n(now)}
    return JSONResponse(
        {
            "journey": {"good": journey.good, "total": journey.total} | took,
            "neighbour": {"good": neighbour.good, "total": neighbour.total},
            "database": watch.told["database"] | {"cpu": watch.cpu.share()},
            "cache": watch.told["cache"],
            "payments": watch.told["payments"],
            "rate": watch.shoppers.rate,
        }
    )


async def _alerts(request: Request) -> Response:
    watch: Watch = request.app.state.watch
    return JSONResponse(answer((watch.slow, watch.failing), time.monotonic()))


async def _load(request: Request) -> Response:
    try:
        rate = float((await request.json())["rate"])
        if not 0 <= rate <= MOST:
            raise ValueError(rate)
    except (KeyError, TypeError, ValueError):
        return JSONResponse({"error": f'say {{"rate": R}} with R from 0 to {MOST:g} a second'}, status_code=400)
    request.app.state.watch.shoppers.rate = rate
    return JSONResponse({"rate": rate})


def main(home: Path) -> None:
    """Serve until ended."""
    demo = demo_record.load(home)
    assert demo is not None
    postmaster = next(process.pid for process in demo.processes if process.what == "database")

    def watched(client: httpx.AsyncClient) -> Watch:
        return watch(client, demo.shop_url, demo.rate, CpuShare(postmaster), break_alert=demo.break_alert)

    serve(app(watched), home / ANNOUNCED)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
