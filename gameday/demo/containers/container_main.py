"""`python -m gameday.demo.containers.container_main SERVICE`: what one container of the stack runs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from gameday.demo import proxy
from gameday.demo.containers.services import CACHE, DATABASE, HTTP, LOAD, PASSWORD, PAYMENTS, PROXY, SHOP, TOKEN
from gameday.demo.demo_record import JOURNEYS_A_SECOND

HOME = Path("/data")


def shop() -> None:
    """The shop; its database lies behind the proxy, payments and cache do not."""
    from gameday.demo.serve import serve_everywhere
    from gameday.demo.shop.__main__ import app, opened
    from gameday.demo.shop.database import Database

    database = Database(PROXY.name, 5432, PASSWORD, patience=60.0)
    serve_everywhere(app(opened(database, _at(PAYMENTS.name), _at(CACHE.name))), HTTP)


def load() -> None:
    """The shoppers. How busy the database is, its own container tells."""
    from httpx import AsyncClient

    from gameday.demo.load.__main__ import Watch, app, watch
    from gameday.demo.load.remote_cpu import RemoteCpu
    from gameday.demo.serve import serve_everywhere

    def watched(client: AsyncClient) -> Watch:
        return watch(client, _at(SHOP.name), JOURNEYS_A_SECOND, RemoteCpu(client, f"{_at(DATABASE.name)}/cpu"))

    serve_everywhere(app(watched), HTTP)


def payments() -> None:
    """The payment provider."""
    from gameday.demo.payments import app
    from gameday.demo.serve import serve_everywhere

    serve_everywhere(app(), HTTP)


def cache() -> None:
    """The cache."""
    from gameday.demo.cache import app
    from gameday.demo.serve import serve_everywhere

    serve_everywhere(app(), HTTP)


def database() -> None:
    """PostgreSQL, and how busy it is."""
    from gameday.demo.containers.database import app
    from gameday.demo.serve import serve_everywhere

    serve_everywhere(app(HOME), HTTP)


def toxiproxy() -> None:
    """Toxiproxy's own server where the image has it, else ours, with the one proxy before the database."""
    config, token = HOME / "toxiproxy.json", HOME / "token"
    before = {"name": proxy.DATABASE, "listen": "0.0.0.0:5432", "upstream": f"{DATABASE.name}:5432", "enabled": True}
    config.write_text(json.dumps([before]))
    where = ["-host", "0.0.0.0", "-port", "8474", "-config", str(config)]  # noqa: S104 - of its own container
    if theirs := proxy.theirs():
        os.execv(theirs, [theirs, *where])  # noqa: S606 - it becomes the container's one process
    token.touch(0o600)
    token.write_text(TOKEN)
    ours = [sys.executable, "-m", "gameday.proxy", *where, "--token-file", str(token)]
    os.execv(sys.executable, ours)  # noqa: S606


PARTS: dict[str, Callable[[], None]] = {
    DATABASE.name: database,
    PROXY.name: toxiproxy,
    PAYMENTS.name: payments,
    CACHE.name: cache,
    SHOP.name: shop,
    LOAD.name: load,
}


def _at(host: str) -> str:
    return f"http://{host}:{HTTP}"


if __name__ == "__main__":
    PARTS[sys.argv[1]]()
