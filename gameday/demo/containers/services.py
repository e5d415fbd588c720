"""The services of the stack; a test compares them with examples/compose/compose.yaml."""

from __future__ import annotations

from dataclasses import dataclass

PROJECT = "gameday-shop"
IMAGE = "gameday-demo:1"
PASSWORD = "shop"  # noqa: S105 - a throwaway database that only this machine reaches
TOKEN = "only-for-the-demo-shop-on-this-machine"  # noqa: S105 - the same for its proxy
HTTP = 8080
"""The HTTP port of each part, inside its container."""


@dataclass(frozen=True, slots=True)
class Service:
    """One part: its name in the stack's network, and its published ports as (host port, container port)."""

    name: str
    ports: tuple[tuple[int, int], ...] = ()

    @property
    def host_port(self) -> int:
        """The first published port."""
        return self.ports[0][0]

    @property
    def container(self) -> str:
        return f"{PROJECT}-{self.name}"


SHOP = Service("shop", ((18080, HTTP),))
LOAD = Service("load", ((18081, HTTP),))
PROXY = Service("toxiproxy", ((18474, 8474),))
DATABASE = Service("database", ((18432, 5432),))
PAYMENTS = Service("payments")
CACHE = Service("cache")

SERVICES = (DATABASE, PROXY, PAYMENTS, CACHE, SHOP, LOAD)
"""In start order; each waits for the parts it needs."""


def dsn() -> str:
    """Return the address of the database itself; it is a throwaway database, so this is no secret."""
    return f"host=127.0.0.1 port={DATABASE.host_port} user=shop password={PASSWORD} dbname=postgres"
