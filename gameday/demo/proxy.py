"""The proxies between the shop and its dependencies; Toxiproxy's own server runs them if it is on PATH."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from gameday.demo.http_json import request_json

PORT_FILE = "proxy.port"
DATABASE, PAYMENTS, CACHE = "shop-db", "shop-payments", "shop-cache"
"""The names of the proxies in front of these parts."""
TOXIPROXY_SERVER = "toxiproxy-server"


def find_toxiproxy() -> str | None:
    """Return the path of Toxiproxy's own server, or None if it is not on PATH."""
    return shutil.which(TOXIPROXY_SERVER)


def server_kind() -> str:
    """Return `toxiproxy-server` if it is on PATH, else `gameday` for our own proxy."""
    return TOXIPROXY_SERVER if find_toxiproxy() else "gameday"


def server_command(kind: str, home: Path, port: int) -> list[str]:
    """Return the command of the server. Toxiproxy takes a port; our own takes a free one and announces it."""
    if kind == TOXIPROXY_SERVER:
        return [str(find_toxiproxy()), "-host", "127.0.0.1", "-port", str(port)]
    return [sys.executable, "-m", "gameday.proxy", "--port", "0", "--announce", str(home / PORT_FILE)]


def create_proxy(url: str, name: str, port: int) -> int:
    """Create the proxy `name` in front of a port of 127.0.0.1; return the port it listens on."""
    settings = {"name": name, "listen": "127.0.0.1:0", "upstream": f"127.0.0.1:{port}"}
    return int(request_json(f"{url}/proxies", settings, timeout=5)["listen"].rpartition(":")[2])
