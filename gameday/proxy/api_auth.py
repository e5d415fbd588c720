"""Access control of the API: web pages are refused; beyond loopback, a token is required."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gameday.errors import BadArguments
from gameday.proxy import address
from gameday.proxy.api_responses import error_response, text_response, with_request_id
from gameday.proxy.errors import ApiError

log = logging.getLogger("gameday.proxy")

TOKEN_VARIABLE = "GAMEDAY_PROXY_TOKEN"  # noqa: S105 - the variable's name
MIN_TOKEN_LENGTH = 16
"""Characters; a shorter token can be guessed."""
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH
_CREATE_HINT = "Create one: openssl rand -hex 24 > token"
_REQUIRED_HINT = (
    f"Pass --token-file FILE or set {TOKEN_VARIABLE}. To accept connections from this machine only, omit --host."
)


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """The required token (None on loopback) and the host that the API listens on."""

    token: str | None = None
    host: str = address.LOOPBACK


class AuthMiddleware:
    """ASGI middleware that applies an access policy to every route."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
        refusal = self._refusal(headers) if scope["type"] == "http" else None
        await (self._app if refusal is None else refusal)(scope, receive, send)

    def _refusal(self, headers: dict[str, str]) -> Response | None:
        if headers.get("user-agent", "").startswith("Mozilla/"):
            return with_request_id(text_response("User agent not allowed\n", 403))
        if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
            return error_response("requests from web pages are not allowed (the request has an Origin)", 403)
        if self._policy.token is not None:
            return None if self._is_authorized(headers.get("authorization", "")) else _unauthorized()
        if not self._is_trusted_host(headers.get("host", "")):
            text = "the Host header is a name (possible DNS rebinding): use the IP address, or set a token"
            return error_response(text, 403)
        return None

    def _is_authorized(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        expected = str(self._policy.token).encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1"), expected)

    def _is_trusted_host(self, host: str) -> bool:
        """Return True if DNS rebinding cannot have produced the header.

        Browsers always send one, and IP addresses do not rebind."""
        name = _without_port(host).lower().rstrip(".")
        return name in ("", "localhost", self._policy.host.lower()) or address.is_ip_address(name)


async def load_token(host: str, file: Path | None) -> str | None:
    """Return the token from the file, or else from the environment.

    Raises BadArguments if the token is unusable, or required for this host and missing."""
    token = _read_token(file) if file else os.environ.get(TOKEN_VARIABLE, "").strip()
    if token and (len(token) < MIN_TOKEN_LENGTH or not token.isascii()):
        raise BadArguments(f"the token must have at least {MIN_TOKEN_LENGTH} ASCII characters", _CREATE_HINT)
    if not token and not await _is_loopback(host):
        raise BadArguments(f"listening on {host} requires a token: other machines can reach it", _REQUIRED_HINT)
    return token or None


def _read_token(file: Path) -> str:
    try:
        token = file.read_text().strip()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a text file"
        raise BadArguments(f"cannot read the token in {file}: {reason}", _CREATE_HINT) from None
    if stat.S_ISREG(mode) and mode & _READABLE_BY_OTHERS:
        log.warning("other users can read the token in %s; fix: chmod 600 %s", file, file)
    if not token:
        raise BadArguments(f"the token file {file} is empty", _CREATE_HINT)
    return token


async def _is_loopback(host: str) -> bool:
    try:
        resolved, _ = address.split_host_port(await address.resolve(address.join_host_port(host, 0)))
    except ApiError:
        return False
    return ipaddress.ip_address(resolved).is_loopback


def _unauthorized() -> Response:
    response = error_response("a token is required: Authorization: Bearer TOKEN", 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
