"""Address of a Toxiproxy server.

No message repeats it: it may hold a secret.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from gameday.clients.server_address import url_problem
from gameday.injectors.common.network_address import Address

PORT = 8474
"""Default port of the server."""
HTTPS_PORT = 443
"""Default port where TLS ends in front of the server."""
EXAMPLE = "use an address such as http://127.0.0.1:8474"


def read_address(url: str) -> Address:
    """Parse `http://127.0.0.1:8474`. Raises ValueError for anything more, rather than drop it."""
    if problem := url_problem(url):
        raise ValueError(problem)
    parts = urlsplit(url)
    host, port = str(parts.hostname), parts.port
    if parts.path.strip("/") or any(sign in url for sign in "?#"):
        raise ValueError("the URL has a path or query, which a Toxiproxy server does not use")
    return Address(f"[{host}]" if ":" in host else host, port or (HTTPS_PORT if parts.scheme == "https" else PORT))
