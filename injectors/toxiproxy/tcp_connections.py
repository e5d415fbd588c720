"""TCP connections to a listening address of this machine, from the kernel's table."""

from __future__ import annotations

import time
from pathlib import Path

from gameday.plugins.types import Deadline

_ESTABLISHED, _LISTEN = "01", "0A"
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0", "[::]", ""})  # noqa: S104 - compared, not bound


def wait_for_connection(listen: str, deadline: Deadline) -> bool:
    """Poll for a connection until a second before the deadline: short ones are easily missed."""
    while not has_connection(listen):
        if deadline.remaining() < 1.0:
            return False
        time.sleep(0.02)
    return True


def has_connection(listen: str) -> bool:
    """Return True if a client is connected to `host:port`, or if that cannot be seen from here.

    It cannot where the address is elsewhere, or nothing listens there in this network (the server runs in a
    container)."""
    host, _, port = listen.rpartition(":")
    if host not in _LOCAL or not port.isdigit():
        return True
    tables = [table for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if table.exists()]
    states = {state for table in tables for state in _states(table, f":{int(port):04X}")}
    return _ESTABLISHED in states or _LISTEN not in states


def _states(table: Path, port: str) -> set[str]:
    """Return the states of the sockets on that port."""
    lines = [line.split() for line in table.read_text(encoding="ascii").splitlines()[1:]]
    return {fields[3] for fields in lines if fields[1].endswith(port)}
