"""Where a Toxiproxy server listens, as a person wrote it down. No sentence here repeats it: it may hold a secret."""

from __future__ import annotations

from urllib.parse import urlsplit

from gameday.injectors.common.network_address import Address

PORT = 8474
"""The server's own default."""
EXAMPLE = "write it as in http://127.0.0.1:8474"


def read_address(url: str) -> Address:
    """`http://127.0.0.1:8474`; raises ValueError on anything more, rather than drop it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("the url's host or port is impossible") from None
    if "@" in url:
        raise ValueError("the url holds a name or password, which would come into the log")
    if parts.scheme != "http" or not host or set(host) & set(" \t\r\n\\<>\"'"):
        raise ValueError("the url is no address of a Toxiproxy server")
    if parts.path.strip("/") or any(sign in url for sign in "?#"):
        raise ValueError("the url has a path or query, which a Toxiproxy server has not")
    if port == 0:
        raise ValueError("the url's host or port is impossible")
    return Address(f"[{host}]" if ":" in host else host, port or PORT)
