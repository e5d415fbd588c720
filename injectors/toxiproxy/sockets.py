"""Whether anybody is connected to a listening address of this machine, from the kernel's own table."""

from __future__ import annotations

import time
from pathlib import Path

from gameday.contract import Deadline

_ESTABLISHED = "01"
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1", "[::1]", "0.0.0.0", "[::]", ""})  # noqa: S104 - compared, not bound


def connected_within(listen: str, deadline: Deadline) -> bool:
    """Looked at again and again until a second before the deadline: short connections are seldom there at one look."""
    while not connected(listen):
        if deadline.left() < 1.0:
            return False
        time.sleep(0.02)
    return True


def connected(listen: str) -> bool:
    """True when a connection to `host:port` stands, or when the address is elsewhere and cannot be seen."""
    host, _, port = listen.rpartition(":")
    if host not in _LOCAL or not port.isdigit():
        return True
    wanted = f":{int(port):04X}"
    tables = [table for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")) if table.exists()]
    return not tables or any(_stands(table, wanted) for table in tables)


def _stands(table: Path, wanted: str) -> bool:
    for line in table.read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(wanted) and fields[3] == _ESTABLISHED:
            return True
    return False
