"""`python -m gameday.demo.load HOME`: put load on the demo's shop, and serve what its users experience."""

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
from gameday.demo.alert import Rule, format_alerts, journey_failing, journey_slow
from gameday.demo.load.cpu import CpuMeter, ProcessCpu
from gameday.demo.load.shoppers import MAX_WAIT_S, Shoppers
from gameday.demo.serve import serve

PORT_FILE = "load.port"
SAMPLE_INTERVAL_S = 0.5
MAX_RATE = 200.0
NO_WAITS: dict[str, Any] = {
    "database": {"wait": None, "n": 0},
    "cache": {"wait": None, "n": 0},
    "payments": {"good": 0, "total": 0},
}


@dataclass(slots=True)
class LoadMonitor:
    """The state of the load process: shoppers, CPU of the database, alert rules, and the shop's own waits."""

    shoppers: Shoppers
    cpu: CpuMeter
    slow: Rule
    failing: Rule
    waits: dict[str, Any] = field(default_factory=lambda: dict(NO_WAITS))

    async def run(self) -> None:
        """Twice a second, until cancelled: evaluate the rules, sample the CPU, ask the shop for its waits."""
        due = time.monotonic()
        while True:
            now, journey = time.monotonic(), self.shoppers.journey
            self.slow.evaluate(now, journey.slowness(now))
            self.failing.evaluate(now, journey.failures.mean(now))
            await self.cpu.sample(now)
            self.waits = await self._shop_waits() or self._unknown_waits()
            due = max(due + SAMPLE_INTERVAL_S, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def _shop_waits(self) -> dict[str, Any] | None:
        try:
            waits = (await self.shoppers.client.get(f"{self.shoppers.shop_url}/waits", timeout=1.0)).json()
            return {part: waits[part] for part in NO_WAITS}
        except (httpx.HTTPError, ValueError, KeyError):
            return None

    def _unknown_waits(self) -> dict[str, Any]:
        """Return unknown waits while the shop does not answer; the cumulative counts stay as they were."""
        return NO_WAITS | {"payments": self.waits["payments"]}


def create_app(create: Callable[[httpx.AsyncClient], LoadMonitor]) -> Starlette:
    """Return the load's web application, which runs the shoppers; `create` gets the client for their visits."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
        # The shoppers' own limit ends a visit as a whole; httpx has a limit for each step only.
        async with httpx.AsyncClient(limits=limits, timeout=2 * MAX_WAIT_S, trust_env=False) as client:
            monitor = create(client)
            application.state.monitor = monitor
            tasks = [asyncio.create_task(monitor.shoppers.run()), asyncio.create_task(monitor.run())]
            yield
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    routes = [
        Route("/stats", _stats),
        Route("/api/v1/alerts", _alerts),
        Route("/load", _load, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def create_monitor(
    client: httpx.AsyncClient, shop_url: str, rate: float, cpu: CpuMeter, *, break_alert: bool = False
) -> LoadMonitor:
    """Return a monitor with shoppers for the shop at that address."""
    shoppers = Shoppers(client, shop_url, rate)
    return LoadMonitor(shoppers, cpu, journey_slow(break_alert), journey_failing(break_alert))


async def _stats(request: Request) -> Response:
    monitor: LoadMonitor = request.app.state.monitor
    journey, neighbour, now = monitor.shoppers.journey, monitor.shoppers.neighbour, time.monotonic()
    durations = {"p95": journey.durations.p95(now), "n": journey.durations.n(now)}
    return JSONResponse(
        {
            "journey": {"good": journey.good, "total": journey.total} | durations,
            "neighbour": {"good": neighbour.good, "total": neighbour.total},
            "database": monitor.waits["database"] | {"cpu": monitor.cpu.share()},
            "cache": monitor.waits["cache"],
            "payments": monitor.waits["payments"],
            "rate": monitor.shoppers.rate,
        }
    )


async def _alerts(request: Request) -> Response:
    monitor: LoadMonitor = request.app.state.monitor
    return JSONResponse(format_alerts((monitor.slow, monitor.failing), time.monotonic()))


async def _load(request: Request) -> Response:
    try:
        rate = float((await request.json())["rate"])
        if not 0 <= rate <= MAX_RATE:
            raise ValueError(rate)
    except (KeyError, TypeError, ValueError):
        return JSONResponse({"error": f'send {{"rate": R}} with R from 0 to {MAX_RATE:g} per second'}, status_code=400)
    request.app.state.monitor.shoppers.rate = rate
    return JSONResponse({"rate": rate})


def main(home: Path) -> None:
    """Serve until a signal ends the process."""
    demo = demo_record.load(home)
    assert demo is not None
    postmaster = next(process.pid for process in demo.processes if process.name == "database")

    def create(client: httpx.AsyncClient) -> LoadMonitor:
        cpu = ProcessCpu(postmaster)
        return create_monitor(client, demo.shop_url, demo.rate, cpu, break_alert=demo.break_alert)

    serve(create_app(create), home / PORT_FILE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
