"""The services of the stack: the same as in examples/compose/compose.yaml, which a test compares with this file."""

from __future__ import annotations

from dataclasses import dataclass

PROJECT = "gameday-shop"
IMAGE = "gameday-demo:1"
PASSWORD = "shop"  # noqa: S105 - of a throwaway database that only this machine reaches
TOKEN = "only-for-the-demo-shop-on-this-machine"  # noqa: S105 - and of its proxy
HTTP = 8080
"""Where every part answers over HTTP, in its own container."""


@dataclass(frozen=True, slots=True)
class Service:
    """One part: what it is called in the stack's network, and which of its ports this machine reaches, at which."""

    name: str
    ports: tuple[tuple[int, int], ...] = ()

    @property
    def outside(self) -> int:
        """The first of those that this machine reaches."""
        return self.ports[0][0]

    @property
    def container(self) -> str:
        return f"{PROJECT}-{self.name}"


SHOP = Service("shop", ((18080, HTTP),))
LOAD = Service("load", ((18081, HTTP),))
PROXY = Service("toxiproxy", ((18474, 8474),))
DATABASE = Service("database", ((15432, 5432),))
PAYMENTS = Service("payments")
CACHE = Service("cache")

SERVICES = (DATABASE, PROXY, PAYMENTS, CACHE, SHOP, LOAD)
"""In the order of starting; each waits for what it needs."""


def dsn() -> str:
    """The way into the database itself, for who drills there; of a throwaway database, and no secret."""
    return f"host=127.0.0.1 port={DATABASE.outside} user=shop password={PASSWORD} dbname=postgres"
