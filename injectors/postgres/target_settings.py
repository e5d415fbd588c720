"""What gameday.yaml says of a PostgreSQL target, read and checked. No sentence repeats an address: it may hold a
secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gameday.errors import Refused
from gameday.model import Binding, Json
from gameday.plugins.parameters import did_you_mean

KNOWN = ("dsn_env", "conninfo", "table")
EXAMPLE = "dsn_env: SHOP_DB, or conninfo: host=127.0.0.1 port=5432 user=drill dbname=shop passfile=/etc/drill.pgpass"
_SECRET = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Settings:
    """`dsn_env`: the variable with the whole address, or `conninfo`: the address without a password; the other one is
    empty. `table`: what `lock` takes when the scenario names none, or empty."""

    target: str
    dsn_env: str
    conninfo: str
    table: str

    def where(self) -> dict[str, Json]:
        """As an intent keeps it."""
        return {"dsn_env": self.dsn_env} if self.dsn_env else {"conninfo": self.conninfo}


def read_settings(binding: Binding) -> Settings:
    """Raises Refused."""
    for key, wrong, todo in wrongs(binding.settings):
        what = f"target {binding.target}: {key + ': ' if key else ''}{wrong}"
        raise Refused(what, f"Correct it in gameday.yaml{': ' + todo if todo else '.'}")
    given = {key: str(binding.settings.get(key) or "") for key in KNOWN}
    return Settings(binding.target, **given)


def wrongs(given: Mapping[str, Json]) -> Iterator[tuple[str, str, str]]:
    """What cannot be meant: the key (empty for the whole), what is wrong, and what would do."""
    for key, value in given.items():
        if key == "injector":
            continue
        if key not in KNOWN:
            yield key, "the injector postgres does not know this key", did_you_mean(key, KNOWN)
        elif not isinstance(value, str) or not value:
            yield key, "this takes text", ""
    if ("dsn_env" in given) == ("conninfo" in given):
        yield "", "it needs dsn_env or conninfo, and one of them alone", EXAMPLE
    yield from _of_address(given)


def _of_address(given: Mapping[str, Json]) -> Iterator[tuple[str, str, str]]:
    name, conninfo = given.get("dsn_env"), given.get("conninfo")
    if isinstance(name, str) and name and not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        yield "dsn_env", "this is not the name of an environment variable", "the address itself stands in the variable"
    if isinstance(conninfo, str) and conninfo:
        parts = parts_of(conninfo)
        if parts is None:
            yield "conninfo", "this is no address that libpq can read", EXAMPLE
        elif any(key in parts for key in _SECRET):
            todo = "name a file with it as passfile, or put the whole address into a variable: dsn_env"
            yield "conninfo", "it holds a password, which would come into the log", todo


def parts_of(conninfo: str) -> dict[str, str] | None:
    """An address by its keywords, written either way; None where libpq cannot read it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if value is not None}
    except (psycopg.Error, UnicodeError, ValueError):
        return None
