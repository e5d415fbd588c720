"""`python -m gameday.demo.shop HOME`: serve the demo's shop on a free port that it announces."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx
import psycopg
from psycopg_pool import PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gameday.demo import demo_record
from gameday.demo.serve import serve
from gameday.demo.shop.database import Database
from gameday.demo.shop.dependencies import Cache, PaymentError, Payments
from gameday.demo.shop.pages import DEFAULT_SWITCHES, Shop
from gameday.demo.shop.schema import SCHEMA

PORT_FILE = "shop.port"
PAGE_TIMEOUT_S = 10.0
"""Seconds after which the shop gives up on a page: nobody waits that long."""

RUNBOOK = """The checkout is slow or failing
1. How slow, and for whom? See journey and neighbour in the load's /stats.
2. What does the checkout wait for? Its steps: recommendations, the basket, the payment, the order.
3. Which switches can help? GET /switches. Each can be undone.
4. Post what you did, and when you will post the next update.
"""


def create_app(shop: Shop) -> Starlette:
    """Return the shop's web application, which opens and closes its database itself."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await shop.database.open()
        if not await shop.database.has_table("products"):
            await shop.database.run(SCHEMA)
        await shop.warm()
        yield
        await shop.database.close()

    routes = [
        Route("/browse", partial(_page, shop.catalogue)),
        Route("/recommendations", partial(_page, shop.recommendations)),
        Route("/checkout", partial(_page, shop.checkout), methods=["POST"]),
        Route("/help", _help),
        Route("/database/end-long", partial(_page, shop.cancel_long_queries), methods=["POST"]),
        Route("/runbooks/{journey}", _runbook),
        Route("/switches", partial(_switches, shop)),
        Route("/switches/{name}", partial(_set_switch, shop), methods=["POST"]),
        Route("/waits", partial(_waits, shop)),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


async def _page(content: Callable[[], Awaitable[object]], _: Request) -> Response:
    try:
        async with asyncio.timeout(PAGE_TIMEOUT_S):
            return JSONResponse({"page": await content()})
    except (TimeoutError, PoolTimeout, psycopg.Error, PaymentError) as error:
        return JSONResponse({"error": type(error).__name__}, status_code=503)


async def _help(_: Request) -> Response:
    return PlainTextResponse("We are here from 9 to 5.\n")


async def _runbook(_: Request) -> Response:
    return PlainTextResponse(RUNBOOK)


async def _switches(shop: Shop, _: Request) -> Response:
    return JSONResponse({name: {"on": on, "default": DEFAULT_SWITCHES[name]} for name, on in shop.switches.items()})


async def _set_switch(shop: Shop, request: Request) -> Response:
    try:
        on = (await request.json())["on"]
        shop.set_switch(request.path_params["name"], _as_bool(on))
    except KeyError as missing:
        return JSONResponse(
            {"error": f"no switch {missing}; the switches are {', '.join(DEFAULT_SWITCHES)}"}, status_code=404
        )
    except (ValueError, TypeError):
        return JSONResponse({"error": 'send {"on": true} or {"on": false}'}, status_code=400)
    return await _switches(shop, request)


def _as_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("on must be true or false")
    return value


async def _waits(shop: Shop, _: Request) -> Response:
    """Respond with the mean waits for database and cache over the last 3 s, and the payments so far."""
    database, cache, payments, now = shop.database, shop.cache, shop.payments, time.monotonic()
    return JSONResponse(
        {
            "database": {"wait": database.waits.mean(now), "n": database.waits.n(now)},
            "queries": database.queries,
            "failures": database.failures,
            "cache": {"wait": cache.waits.mean(now), "n": cache.waits.n(now)},
            "payments": {"good": payments.good, "total": payments.total},
        }
    )


def create_shop(database: Database, payments_url: str, cache_url: str) -> Shop:
    """Return a shop connected to its dependencies; proxy settings of this machine do not apply to it."""
    client = httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=None))
    return Shop(database, Payments(client, payments_url), Cache(client, cache_url))


def main(home: Path) -> None:
    """Serve until a signal ends the process."""
    demo = demo_record.load(home)
    assert demo is not None
    database = Database("127.0.0.1", demo.proxied_port, demo.password)
    serve(create_app(create_shop(database, demo.payments_url, demo.cache_url)), home / PORT_FILE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
