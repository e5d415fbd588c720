"""Addresses as Toxiproxy writes them (`host:port`, `[::1]:port`), and sockets that listen on them."""

from __future__ import annotations

import ipaddress
import socket
import struct

from gameday.proxy.errors import ApiError
from gameday.proxy.name_resolution import lookup

NO_LINGER = struct.pack("ii", 1, 0)
UNIX = "unix:"
"""What an upstream begins with that is a socket in the file system: `unix:/run/db.sock`."""
HERE = "127.0.0.1"
"""What an address without a host means."""
DEFAULT_LISTEN = f"{HERE}:0"
BACKLOG = 1024


def split(address: str) -> tuple[str, int]:
    """Host and port. ValueError when it is no address."""
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


def join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def resolve(address: str) -> str:
    """The same address with a numeric host; none and `localhost` are 127.0.0.1. ApiError 500 when it cannot be."""
    try:
        host, port = split(address)
        if host in ("", "localhost"):
            host = HERE
        elif not is_number(host):
            found = await lookup(host, port)
            host = min(found, key=lambda one: ":" in one)
    except (OSError, ValueError) as error:
        raise ApiError(500, f"listen tcp: {error}") from None
    return join(host, port)


def listening(address: str) -> socket.socket:
    """A socket that listens on a resolved address. ApiError 500 when the port is taken or not ours to take."""
    sock = bound(address)
    try:
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise _cannot(address, error) from None
    return sock


def bound(address: str) -> socket.socket:
    """A socket that has a resolved address, and does not listen: connections are refused. ApiError 500 as above."""
    host, port = split(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, so that asyncio sets TCP_NODELAY on what is accepted: it does not when the protocol is 0.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise _cannot(address, error) from None
    sock.setblocking(False)
    return sock


def reset(sock: socket.socket) -> None:
    """Close with a TCP reset."""
    with sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)


def bound_to(sock: socket.socket) -> str:
    """The address that a socket listens on, with the port it was given."""
    name = sock.getsockname()
    return join(str(name[0]), int(name[1]))


def _cannot(address: str, error: OSError) -> ApiError:
    return ApiError(500, f"listen tcp {address}: bind: {(error.strerror or str(error)).lower()}")


def is_number(host: str) -> bool:
    """Whether it is an IP address, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
