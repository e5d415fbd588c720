"""The proxies between the shop and what it needs: always a server of our own, Toxiproxy's where PATH has one."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from gameday.demo.http_json import ask

ANNOUNCED = "proxy.port"
DATABASE, PAYMENTS, CACHE = "shop-db", "shop-payments", "shop-cache"
"""What the proxies are called that stand before these."""
THEIRS = "toxiproxy-server"


def theirs() -> str | None:
    """Toxiproxy's own server, where PATH has it."""
    return shutil.which(THEIRS)


def kind() -> str:
    """`toxiproxy-server` where PATH has it, else `gameday`, our own."""
    return THEIRS if theirs() else "gameday"


def command(which: str, home: Path, port: int) -> list[str]:
    """Toxiproxy's server is told its port; ours takes a free one and announces it."""
    if which == THEIRS:
        return [str(theirs()), "-host", "127.0.0.1", "-port", str(port)]
    return [sys.executable, "-m", "gameday.proxy", "--port", "0", "--announce", str(home / ANNOUNCED)]


def put_between(url: str, name: str, port: int) -> int:
    """Create the proxy `name` before that port of 127.0.0.1; returns the port it listens on."""
    wanted = {"name": name, "listen": "127.0.0.1:0", "upstream": f"127.0.0.1:{port}"}
    return int(ask(f"{url}/proxies", wanted, timeout=5)["listen"].rpartition(":")[2])
