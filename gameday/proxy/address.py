"""Addresses in Toxiproxy's notation (`host:port`, `[::1]:port`): parsing and name resolution."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import threading
from dataclasses import dataclass

from gameday.proxy.errors import ApiError

UNIX_PREFIX = "unix:"
"""Prefix of an upstream that is a Unix socket: `unix:/run/db.sock`."""
LOOPBACK = "127.0.0.1"
"""Host of an address that names none."""
DEFAULT_LISTEN = f"{LOOPBACK}:0"

_pending: dict[tuple[asyncio.AbstractEventLoop, str, int], asyncio.Future[list[str]]] = {}


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """A listen address as requested, and with its host as an IP address, or why it cannot be resolved."""

    requested: str
    resolved: str | None
    error: ApiError | None = None

    def require(self) -> str:
        """Return the resolved address. Raises ApiError 500."""
        if self.error is not None:
            raise self.error
        return str(self.resolved)


def split_host_port(address: str) -> tuple[str, int]:
    """Split an address into host and port. Raises ValueError."""
    host, colon, port = address.rpartition(":")
    if not colon:
        raise ValueError(f"address {address}: missing port in address")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"address {address}: too many colons in address")
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and int(port) <= 65535):
        raise ValueError(f"address {port}: invalid port")
    return host, int(port)


def join_host_port(host: str, port: int) -> str:
    """Write host and port as one address, with an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_ip_address(host: str) -> bool:
    """Return True if the host is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def unmap_ip(host: str) -> str:
    """Return an IPv4 address that is written as IPv6 (`::ffff:127.0.0.1`) as IPv4; any other address unchanged.

    Raises ValueError if it is no address."""
    ip = ipaddress.ip_address(host)
    return str(getattr(ip, "ipv4_mapped", None) or ip)


async def resolve_listen(requested: str) -> ListenAddress:
    """Resolve a listen address, and keep the error: a disabled proxy needs it only when it is enabled."""
    try:
        return ListenAddress(requested, await resolve(requested or DEFAULT_LISTEN))
    except ApiError as error:
        return ListenAddress(requested, None, error)


async def resolve(address: str) -> str:
    """Replace the host of a listen address by its IP address, preferring IPv4.

    No host and `localhost` are 127.0.0.1. Raises ApiError 500."""
    try:
        host, port = split_host_port(address)
        if host in ("", "localhost"):
            host = LOOPBACK
        elif not is_ip_address(host):
            host = min(await resolve_host(host, port), key=lambda ip: ":" in ip)
    except (OSError, ValueError) as error:
        raise ApiError(500, f"listen tcp: {error}") from None
    return join_host_port(host, port)


async def resolve_host(host: str, port: int) -> list[str]:
    """Resolve a name to its IP addresses, in the system's order. Raises OSError.

    Each name that is being resolved has one thread, shared by all who wait for it. In asyncio's small thread pool,
    one unresponsive DNS server would block every other name, and the shutdown of the program."""
    loop = asyncio.get_running_loop()
    key = (loop, host, port)
    if key not in _pending:
        _pending[key] = result = loop.create_future()
        result.add_done_callback(lambda _: _pending.pop(key, None))
        threading.Thread(target=_query_system, args=(loop, host, port, result), daemon=True).start()
    return await asyncio.shield(_pending[key])


def _query_system(loop: asyncio.AbstractEventLoop, host: str, port: int, result: asyncio.Future[list[str]]) -> None:
    outcome: list[str] | OSError
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        outcome = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in entries))
    except (OSError, UnicodeError) as error:
        outcome = error if isinstance(error, OSError) else OSError(f"{host}: {error}")
    with contextlib.suppress(RuntimeError):  # the loop may have closed in the meantime
        loop.call_soon_threadsafe(_set_outcome, result, outcome)


def _set_outcome(result: asyncio.Future[list[str]], outcome: list[str] | OSError) -> None:
    if result.done():
        return
    if isinstance(outcome, OSError):
        result.set_exception(outcome)
        result.exception()  # marks it as retrieved: everyone who waited may have left
    else:
        result.set_result(outcome)
