"""`python -m gameday.demo.containers.container_main SERVICE`: the entry point of each container of the stack."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from gameday.demo import proxy
from gameday.demo.containers.services import CACHE, DATABASE, HTTP, LOAD, PASSWORD, PAYMENTS, PROXY, SHOP, TOKEN
from gameday.demo.demo_record import DEFAULT_RATE

HOME = Path("/data")


def run_shop() -> None:
    """Run the shop; its database is behind the proxy, unless SHOP_DATABASE names another host.

    SHOP_POOL_LIFETIME: seconds after which its pool replaces a connection to the database."""
    from gameday.demo.serve import serve_in_container
    from gameday.demo.shop.__main__ import create_app, create_shop
    from gameday.demo.shop.database import POOL_LIFETIME_S, Database

    host = os.environ.get("SHOP_DATABASE", PROXY.name)
    lifetime = float(os.environ.get("SHOP_POOL_LIFETIME", POOL_LIFETIME_S))
    database = Database(host, 5432, PASSWORD, open_timeout=60.0, lifetime=lifetime)
    serve_in_container(create_app(create_shop(database, _url(PAYMENTS.name), _url(CACHE.name))), HTTP)


def run_load() -> None:
    """Run the load; the CPU share of the database comes from its container."""
    from httpx import AsyncClient

    from gameday.demo.load.__main__ import LoadMonitor, create_app, create_monitor
    from gameday.demo.load.cpu import RemoteCpu
    from gameday.demo.serve import serve_in_container

    def create(client: AsyncClient) -> LoadMonitor:
        cpu = RemoteCpu(client, f"{_url(DATABASE.name)}/cpu")
        return create_monitor(client, _url(SHOP.name), DEFAULT_RATE, cpu)

    serve_in_container(create_app(create), HTTP)


def run_payments() -> None:
    """Run the payment provider; PAYMENT_SECONDS names a file with the seconds of a payment."""
    from gameday.demo.payments import create_app
    from gameday.demo.serve import serve_in_container

    settings = os.environ.get("PAYMENT_SECONDS")
    serve_in_container(create_app(Path(settings) if settings else None), HTTP)


def run_cache() -> None:
    """Run the cache."""
    from gameday.demo.cache import create_app
    from gameday.demo.serve import serve_in_container

    serve_in_container(create_app(), HTTP)


def run_database() -> None:
    """Run PostgreSQL, and serve its CPU share."""
    from gameday.demo.containers.database import create_app
    from gameday.demo.serve import serve_in_container

    serve_in_container(create_app(HOME), HTTP)


def run_toxiproxy() -> None:
    """Run Toxiproxy's own server if the image has it, else ours, with a proxy in front of the database."""
    config, token = HOME / "toxiproxy.json", HOME / "token"
    database_proxy = {
        "name": proxy.DATABASE,
        "listen": "0.0.0.0:5432",
        "upstream": f"{DATABASE.name}:5432",
        "enabled": True,
    }
    config.write_text(json.dumps([database_proxy]))
    options = ["-host", "0.0.0.0", "-port", "8474", "-config", str(config)]  # noqa: S104 - in its own container
    if server := proxy.find_toxiproxy():
        os.execv(server, [server, *options])  # noqa: S606 - it becomes the container's only process
    token.touch(0o600)
    token.write_text(TOKEN)
    command = [sys.executable, "-m", "gameday.proxy", *options, "--token-file", str(token)]
    os.execv(sys.executable, command)  # noqa: S606


PARTS: dict[str, Callable[[], None]] = {
    DATABASE.name: run_database,
    PROXY.name: run_toxiproxy,
    PAYMENTS.name: run_payments,
    CACHE.name: run_cache,
    SHOP.name: run_shop,
    LOAD.name: run_load,
}


def _url(host: str) -> str:
    return f"http://{host}:{HTTP}"


if __name__ == "__main__":
    PARTS[sys.argv[1]]()
