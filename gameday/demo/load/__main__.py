"""`python -m gameday.demo.load HOME`: load the shop of the demo recorded there, and serve what users see."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gameday.demo import record
from gameday.demo.alert import Rule
from gameday.demo.load.cpu import CpuShare
from gameday.demo.load.shoppers import PATIENCE, Shoppers
from gameday.demo.serve import serve

ANNOUNCED = "load.port"
LOOK_EVERY = 0.5
MOST = 200.0


@dataclass(slots=True)
class Watch:
    """What the load process knows: shoppers, the database as seen from outside, the alert rule."""

    shoppers: Shoppers
    cpu: CpuShare
    rule: Rule
    database: dict[str, Any]

    async def look(self) -> None:
        """Until cancelled: twice a second, ask the shop for its waits, look at the CPU, evaluate the rule."""
        due = time.monotonic()
        while True:
            now = time.monotonic()
            self.cpu.look(now)
            self.rule.evaluate(now, self.shoppers.journey.slowness(now))
            self.database = await _told_by_shop(self.shoppers)
            due = max(due + LOOK_EVERY, time.monotonic())
            await asyncio.sleep(due - time.monotonic())


async def _told_by_shop(shoppers: Shoppers) -> dict[str, Any]:
    try:
        told = (await shoppers.client.get(f"{shoppers.shop_url}/waits", timeout=1.0)).json()
        return {"wait": told["wait"], "n": told["n"]}
    except (httpx.HTTPError, ValueError, KeyError):
        return {"wait": None, "n": 0}


def app(demo: record.Demo) -> Starlette:
    """The load as a web application; shoppers come as long as it lives."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        # The shoppers' own patience ends a visit: one limit for the whole of it, where httpx has one for each step.
        async with httpx.AsyncClient(limits=limits, timeout=2 * PATIENCE, trust_env=False) as client:
            watch = _watch(demo, client)
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


def _watch(demo: record.Demo, client: httpx.AsyncClient) -> Watch:
    postmaster = next(process.pid for process in demo.processes if process.what == "database")
    shoppers = Shoppers(client, demo.shop_url, demo.rate)
    return Watch(shoppers, CpuShare(postmaster), Rule(demo.break_alert), {"wait": None, "n": 0})


async def _stats(request: Request) -> Response:
    watch: Watch = request.app.state.watch
    journey, neighbour, now = watch.shoppers.journey, watch.shoppers.neighbour, time.monotonic()
    took = {"p95": journey.took.p95(now), "n": journey.took.n(now)}
    return JSONResponse(
        {
            "journey": {"good": journey.good, "total": journey.total} | took,
            "neighbour": {"good": neighbour.good, "total": neighbour.total},
            "database": watch.database | {"cpu": watch.cpu.share()},
            "rate": watch.shoppers.rate,
        }
    )


async def _alerts(request: Request) -> Response:
    watch: Watch = request.app.state.watch
    return JSONResponse(watch.rule.answer(time.monotonic()))


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
    demo = record.load(home)
    assert demo is not None
    serve(app(demo), home / ANNOUNCED)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
