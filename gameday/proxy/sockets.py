"""TCP sockets: bind, listen, keepalive, reset, and the address a socket is bound to."""

from __future__ import annotations

import socket
import struct

from gameday.proxy.address import join_host_port, split_host_port
from gameday.proxy.errors import ApiError

LISTEN_BACKLOG = 1024
KEEPALIVE_IDLE_S = 15
KEEPALIVE_INTERVAL_S = 15
KEEPALIVE_PROBES = 9
"""With Toxiproxy's intervals, a peer that vanished is noticed after 150 s."""
_NO_LINGER = struct.pack("ii", 1, 0)


def open_listening_socket(address: str) -> socket.socket:
    """Open a socket that listens on a resolved address. Raises ApiError 500."""
    sock = bind_socket(address)
    try:
        sock.listen(LISTEN_BACKLOG)
    except OSError as error:
        sock.close()
        raise _bind_error(address, error) from None
    return sock


def bind_socket(address: str) -> socket.socket:
    """Bind a socket without listening, so that the kernel refuses connections. Raises ApiError 500."""
    host, port = split_host_port(address)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY on accepted sockets only where the protocol is named.
    sock = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise _bind_error(address, error) from None
    sock.setblocking(False)
    return sock


def bound_address(sock: socket.socket) -> str:
    """Return the address that a socket is bound to, with its actual port."""
    name = sock.getsockname()
    return join_host_port(str(name[0]), int(name[1]))


def set_connection_options(sock: socket.socket) -> None:
    """Send small pieces at once, and probe an idle TCP peer: else a vanished one's connection would stay open forever.

    Raises OSError."""
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_IDLE_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_PROBES)


def reset_on_close(sock: socket.socket) -> None:
    """Make the next close send a TCP reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)


def close_with_reset(sock: socket.socket) -> None:
    """Close a socket with a TCP reset."""
    with sock:
        reset_on_close(sock)


def _bind_error(address: str, error: OSError) -> ApiError:
    return ApiError(500, f"listen tcp {address}: bind: {(error.strerror or str(error)).lower()}")
