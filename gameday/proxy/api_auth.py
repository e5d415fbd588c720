"""Who may drive the API: no web page, whatever trick brings it here, and where a token is set only who has it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gameday.proxy import address
from gameday.proxy.responses import error, numbered, plain


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """`token`: None where none is needed, which is on loopback alone. `host`: where we were told to listen."""

    token: str | None = None
    host: str = "127.0.0.1"


class AuthMiddleware:
    """In front of every route."""

    def __init__(self, app: ASGIApp, access: AccessPolicy) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
        refusal = self._refusal(headers) if scope["type"] == "http" else None
        await (self._app if refusal is None else refusal)(scope, receive, send)

    def _refusal(self, headers: dict[str, str]) -> Response | None:
        if headers.get("user-agent", "").startswith("Mozilla/"):
            return numbered(plain("User agent not allowed\n", 403))
        if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
            return error("a web page may not drive this: the request has an Origin", 403)
        if self._access.token is not None:
            return None if self._knows(headers.get("authorization", "")) else _unknown()
        if not self._is_local_host(headers.get("host", "")):
            return error(
                "a Host that is a name may be a web page's (DNS rebinding): use the address, or set a token", 403
            )
        return None

    def _knows(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        wanted = str(self._access.token).encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1"), wanted)

    def _is_local_host(self, host: str) -> bool:
        """No Host is no browser; a number cannot be rebound, and `localhost` is nobody else."""
        name = _without_port(host).lower().rstrip(".")
        return name in ("", "localhost", self._access.host.lower()) or address.is_number(name)


def _unknown() -> Response:
    response = error("this needs the token: Authorization: Bearer TOKEN", 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
