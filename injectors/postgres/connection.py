"""Where a server is, for libpq alone, and how a session with it is to end when nobody renews it."""

from __future__ import annotations

import os
from collections.abc import Mapping

from gameday.injectors.postgres.errors import ServerError
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.target_settings import parts_of
from gameday.model import Json
from gameday.plugins.types import Deadline

CONTROL_NAME = "gameday"
"""What a session is called that asks and holds nothing."""
CLIENT_CHECK_INTERVAL = "500ms"
"""How often a session that is at work looks whether its client is still there."""
_KEEPALIVE = 5
"""Seconds: a machine that is gone is noticed after three of them."""


def open_session(where: Mapping[str, Json], deadline: Deadline) -> Session:
    """For questions. Raises Trouble."""
    return Session(_conninfo(_parts(where), application_name=CONTROL_NAME), deadline)


def open_leased_session(where: Mapping[str, Json], name: str, lease: float, deadline: Deadline) -> Session:
    """One that the server ends when it has heard nothing for `lease` seconds, whatever it was doing. Its settings come
    with its first packet: there is no moment without them. Raises Trouble."""
    parts = _parts(where)
    given = parts.get("options") or os.environ.get("PGOPTIONS", "")
    options = " ".join(f"-c {key}={value}" for key, value in _lease(lease).items())
    return Session(_conninfo(parts, application_name=name, options=f"{given} {options}".strip()), deadline)


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
    given = os.environ.get(name, "") if name else str(where.get("conninfo") or "")
    if not given:
        raise ServerError(f"the environment variable {name} is not set")
    parts = parts_of(given)
    if parts is None:
        raise ServerError(f"what {name or 'conninfo'} holds is no address that libpq can read")
    return parts


def _conninfo(parts: Mapping[str, str], **more: str) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(**{**parts, "client_encoding": "UTF8", **more})
