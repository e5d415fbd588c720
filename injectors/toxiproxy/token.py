"""The token of a server that asks for one. It comes from the environment: no file of a drill, no log holds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TOKEN = "GAMEDAY_PROXY_TOKEN"  # noqa: S105 - the variable's name
UNAUTHORIZED = 401


def bearer(token: str) -> Callable[[Any], Any]:
    """For requests' `auth`, which goes before whatever a .netrc says of the host. A token that no header can carry is
    sent as what is left of it, and not taken."""
    sent = token.encode("ascii", "ignore").decode()

    def sign(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {sent}"
        return request

    return sign
