"""Settings of a PostgreSQL target, as gameday.yaml has them.

No message repeats an address: it may hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass

from gameday.injectors.common.network_address import Address, canonical_address
from gameday.injectors.common.refusals import require_valid_settings
from gameday.model import Binding, Json
from gameday.plugins.types import SettingsProblem
from gameday.suggestions import did_you_mean

KNOWN = ("dsn_env", "conninfo", "table")
EXAMPLE = "dsn_env: SHOP_DB, or conninfo: host=127.0.0.1 port=5432 user=drill dbname=shop passfile=/etc/drill.pgpass"
_SECRET = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of a target.

    `dsn_env`: the variable with the whole address, or `conninfo`: the address without a password; the other one is
    empty. `table`: the table that `lock` takes if the scenario names none, or empty."""

    target: str
    dsn_env: str
    conninfo: str
    table: str

    def address(self) -> dict[str, Json]:
        """Return the address as an intent keeps it."""
        return {"dsn_env": self.dsn_env} if self.dsn_env else {"conninfo": self.conninfo}


def read_settings(binding: Binding) -> Settings:
    """Read the settings. Raises Refused."""
    require_valid_settings(binding.target, find_problems(binding.settings))
    texts = {key: str(binding.settings.get(key) or "") for key in KNOWN}
    return Settings(binding.target, **texts)


def find_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    """Yield every problem that shows without asking a server."""
    for key, value in settings.items():
        if key not in KNOWN:
            yield SettingsProblem((key,), f"unknown key {key!r} for injector postgres", did_you_mean(key, KNOWN))
        elif not isinstance(value, str) or not value:
            yield SettingsProblem((key,), f"{key} must be text")
    if ("dsn_env" in settings) == ("conninfo" in settings):
        yield SettingsProblem((), "either dsn_env or conninfo is required", EXAMPLE)
    yield from _address_problems(settings)


def _address_problems(settings: Mapping[str, Json]) -> Iterator[SettingsProblem]:
    name, conninfo = settings.get("dsn_env"), settings.get("conninfo")
    if isinstance(name, str) and name and not re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII):
        todo = "write the name of the variable that holds the address"
        yield SettingsProblem(("dsn_env",), "dsn_env is not the name of an environment variable", todo)
    if isinstance(conninfo, str) and conninfo:
        parts = parse_conninfo(conninfo)
        if parts is None:
            yield SettingsProblem(("conninfo",), "libpq cannot read conninfo", EXAMPLE)
        elif any(key in parts for key in _SECRET):
            todo = "use passfile, or put the whole address in a variable and name it in dsn_env"
            yield SettingsProblem(("conninfo",), "conninfo contains a password, which would appear in the log", todo)


def settings_identity(settings: Mapping[str, Json]) -> Hashable:
    """Return host and port where the file has them: databases of one server share its slots and locks."""
    parts = parse_conninfo(str(settings.get("conninfo") or "")) or {}
    host, port = parts.get("host", ""), parts.get("port", "5432")
    if host and port.isdigit():
        return canonical_address(Address(host.casefold(), int(port)))
    return repr(sorted((key, value) for key, value in settings.items() if key != "table"))


def parse_conninfo(conninfo: str) -> dict[str, str] | None:
    """Parse an address in either notation into keywords; None if libpq cannot read it."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if value is not None}
    except (psycopg.Error, UnicodeError, ValueError):
        return None
