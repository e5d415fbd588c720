"""Connections to a server, and the lease of each: how it ends when nobody renews it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gameday.injectors.postgres.errors import ServerError
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.target_settings import parse_conninfo
from gameday.model import Json
from gameday.plugins.types import Deadline

CONTROL_NAME = "gameday"
"""Application name of a session that only asks."""
CLIENT_CHECK_INTERVAL = "500ms"
"""Interval at which a working session checks that its client still exists."""
_KEEPALIVE = 5
"""Seconds: a machine that is gone is noticed after three of them."""


def open_session(where: Mapping[str, Json], deadline: Deadline) -> Session:
    """Open a session that only asks. Raises ServerError."""
    return Session(_conninfo(_parts(where), application_name=CONTROL_NAME), deadline)


def open_leased_session(where: Mapping[str, Json], name: str, lease: float, deadline: Deadline) -> Session:
    """Open a session that the server ends after `lease` seconds of silence, whatever it was doing.

    The settings are part of its first packet: it is never without them. Raises ServerError."""
    parts = _parts(where)
    own_options = parts.get("options") or os.environ.get("PGOPTIONS", "")
    options = " ".join(f"-c {key}={value}" for key, value in _lease(lease).items())
    return Session(_conninfo(parts, application_name=name, options=f"{own_options} {options}".strip()), deadline)


def milliseconds(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"


def _lease(seconds: float) -> dict[str, str]:
    whole = milliseconds(seconds)
    return {
        "idle_session_timeout": whole, "idle_in_transaction_session_timeout": whole, "statement_timeout": whole,
        "client_connection_check_interval": CLIENT_CHECK_INTERVAL, "tcp_keepalives_idle": str(_KEEPALIVE),
        "tcp_keepalives_interval": str(_KEEPALIVE), "tcp_keepalives_count": "2",
        "max_parallel_workers_per_gather": "0",
    }  # fmt: skip


def _parts(where: Mapping[str, Json]) -> dict[str, str]:
    name = str(where.get("dsn_env") or "")
    address = os.environ.get(name, "") if name else str(where.get("conninfo") or "")
    if not address:
        raise ServerError(f"environment variable {name} is not set")
    parts = parse_conninfo(address)
    if parts is None:
        raise ServerError(f"{name or 'conninfo'} is not an address that libpq can read")
    return parts


def _conninfo(parts: Mapping[str, str], **more: str) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(**{**parts, "client_encoding": "UTF8", **more})
