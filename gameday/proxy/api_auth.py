"""Access control of the API: the own user on loopback, listed networks, or a token; never web pages."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gameday.errors import BadArguments
from gameday.proxy import address, local_user
from gameday.proxy.api_responses import error_response, text_response, with_request_id
from gameday.proxy.errors import ApiError

log = logging.getLogger("gameday.proxy")

TOKEN_VARIABLE = "GAMEDAY_PROXY_TOKEN"  # noqa: S105 - the variable's name
MIN_TOKEN_LENGTH = 16
"""Characters; a shorter token can be guessed."""
_READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH
_CREATE_HINT = "Create one: openssl rand -hex 24 > token"
_REQUIRED_HINT = (
    f"Pass --token-file FILE or set {TOKEN_VARIABLE}. Clients that send no token: --allow-from CIDR. "
    "To accept connections from this machine only, omit --host."
)
_OTHER_USER = (
    "only the user who started this server, and root, may use it: set a token (--token-file), "
    "or allow every user of this machine (--allow-from 127.0.0.1)"
)


PEER_UID = "peer_uid"
"""Key in the ASGI scope's state: uid of a loopback client, or None."""
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Clients that may use the API: with the token, from a listed network, or as the own user on loopback.

    `hosts`: names that the Host header may have, beside `localhost` and IP addresses."""

    token: str | None = None
    networks: tuple[IpNetwork, ...] = ()
    hosts: frozenset[str] = frozenset()

    def needs_no_token(self, ip: str) -> bool:
        """Return True if clients of this address need no token."""
        return any(ipaddress.ip_address(ip) in network for network in self.networks)


class AuthMiddleware:
    """ASGI middleware that applies an access policy to every route."""

    def __init__(self, app: ASGIApp, policy: AccessPolicy) -> None:
        self._app = app
        self._policy = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (self._app if refusal is None else refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope.get("headers", [])}
        if headers.get("user-agent", "").startswith("Mozilla/"):
            return with_request_id(text_response("User agent not allowed\n", 403))
        if "origin" in headers or headers.get("sec-fetch-site", "none") != "none":
            return error_response("requests from web pages are not allowed (the request has an Origin)", 403)
        if self._is_authorized(headers.get("authorization", "")):
            return None
        if refusal := self._client_refusal(scope):
            return refusal
        if not self._is_trusted_host(headers.get("host", "")):
            text = "the Host header is a name (possible DNS rebinding): use the IP address, a token, or --allow-host"
            return error_response(text, 403)
        return None

    def _client_refusal(self, scope: Scope) -> Response | None:
        """Return the refusal of a client without a token; None if its network or its user is allowed."""
        ip = address.unmap_ip(scope["client"][0])
        if self._policy.needs_no_token(ip):
            return None
        if self._policy.token is not None:
            return _unauthorized()
        if not ipaddress.ip_address(ip).is_loopback:
            return error_response(f"clients from {ip} are not allowed: start the server with --allow-from {ip}", 403)
        return (
            None if local_user.is_own_user_or_root(scope["state"].get(PEER_UID)) else error_response(_OTHER_USER, 403)
        )

    def _is_authorized(self, authorization: str) -> bool:
        if self._policy.token is None:
            return False
        scheme, _, token = authorization.partition(" ")
        expected = self._policy.token.encode()
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode("latin-1"), expected)

    def _is_trusted_host(self, host: str) -> bool:
        """Return True if DNS rebinding cannot have produced the header.

        Browsers always send one, and IP addresses do not rebind."""
        name = _without_port(host).lower().rstrip(".")
        return name in ("", "localhost") or name in self._policy.hosts or address.is_ip_address(name)


async def load_policy(
    host: str, token_file: Path | None, networks: Iterable[str], hosts: Iterable[str]
) -> AccessPolicy:
    """Return the policy of a server that listens on `host`.

    Raises BadArguments if an option is invalid, or nobody could use the server."""
    allowed = tuple(_parse_network(network) for network in networks)
    token = load_token(token_file)
    if not (token or allowed or await _is_loopback(host)):
        raise BadArguments(f"listening on {host} requires a token: other machines can reach it", _REQUIRED_HINT)
    return AccessPolicy(token, allowed, frozenset(name.lower().rstrip(".") for name in (host, *hosts)))


def load_token(file: Path | None) -> str | None:
    """Return the token from the file, or else from the environment. Raises BadArguments if it is unusable."""
    token = _read_token(file) if file else os.environ.get(TOKEN_VARIABLE, "").strip()
    if token and (len(token) < MIN_TOKEN_LENGTH or not token.isascii()):
        raise BadArguments(f"the token must have at least {MIN_TOKEN_LENGTH} ASCII characters", _CREATE_HINT)
    return token or None


def _parse_network(text: str) -> IpNetwork:
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise BadArguments(f"--allow-from {text}: {error}", "Example: --allow-from 172.16.0.0/12") from None


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
