"""Dialling of upstreams: connect delay, connection attempts, and a log of failing upstreams."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import weakref
from typing import Any

from gameday.proxy import address
from gameday.proxy.change_log import printable_name

log = logging.getLogger("gameday.proxy")
_own_connections: weakref.WeakSet[socket.socket] = weakref.WeakSet()


def is_own_connection(accepted: socket.socket) -> bool:
    """Return True if the other end of an accepted TCP connection is a proxy of this process.

    Such a connection carries a client of the proxy, whoever that is, and not the user of this process. Both addresses
    are compared: two connections to different servers may have the same local port."""
    wanted = (_address(accepted.getpeername()), _address(accepted.getsockname()))
    for sock in list(_own_connections):
        with contextlib.suppress(OSError):
            if (_address(sock.getsockname()), _address(sock.getpeername())) == wanted:
                return True
    return False


def _address(name: Any) -> tuple[str, int]:
    return address.unmap_ip(name[0]), name[1]


class ConnectDelay:
    """A wait for the sum of the toxics' connect delays, which may change meanwhile."""

    __slots__ = ("_changed", "_seconds")

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._changed: asyncio.Event | None = None

    def set_delay(self, toxic: str, seconds: float) -> None:
        """Set the delay of one toxic; 0 removes it."""
        if seconds:
            self._seconds[toxic] = seconds
        else:
            self._seconds.pop(toxic, None)
        if self._changed is not None:
            self._changed.set()

    def cancel(self) -> None:
        """Remove all delays."""
        self._seconds.clear()
        if self._changed is not None:
            self._changed.set()

    async def wait(self) -> None:
        """Wait until the delays, counted from now, have passed."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        while (remaining := start + sum(self._seconds.values()) - loop.time()) > 0:
            self._changed = asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), remaining)


class UpstreamLog:
    """Log lines of one proxy's upstream: when dialling starts to fail, and when it recovers."""

    def __init__(self, proxy: str) -> None:
        self._proxy = proxy
        self._failing: str | None = None
        """The upstream that was reported as failing."""

    def failed(self, upstream: str, error: OSError | ValueError) -> None:
        """Log the failure, unless this upstream is already known to fail."""
        if self._failing != upstream:
            self._failing = upstream
            text = "proxy %s: cannot connect to upstream %s: %s; resetting clients (logged once)"
            log.warning(text, printable_name(self._proxy), printable_name(upstream), _reason(error))

    def succeeded(self, upstream: str) -> None:
        """Log the recovery of an upstream that was reported as failing."""
        recovered = self._failing == upstream
        self._failing = None
        if recovered:
            log.info("proxy %s: upstream %s reachable again", printable_name(self._proxy), printable_name(upstream))


class UpstreamDialer:
    """The dialling of one connection's upstream, after its connect delay."""

    def __init__(self, upstream_log: UpstreamLog) -> None:
        self.delay = ConnectDelay()
        self._log = upstream_log
        self._is_cancelled = False
        self._task: asyncio.Task[Any] | None = None

    def cancel(self) -> None:
        """Stop waiting and dialling."""
        self._is_cancelled = True
        self.delay.cancel()
        if self._task is not None:
            self._task.cancel()

    async def dial(self, upstream: str) -> socket.socket:
        """Wait for the delay and return a connected, non-blocking socket.

        Raises OSError, ValueError, or CancelledError once cancelled."""
        await self.delay.wait()
        if self._is_cancelled:
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        try:
            sock = await _connect(upstream)
        except (OSError, ValueError) as error:
            self._log.failed(upstream, error)
            raise
        finally:
            self._task = None
        self._log.succeeded(upstream)
        return sock


async def _connect(upstream: str) -> socket.socket:
    """Try each of the upstream's addresses in turn."""
    if upstream.startswith(address.UNIX_PREFIX):
        return await _connect_socket(socket.AF_UNIX, upstream.removeprefix(address.UNIX_PREFIX))
    host, port = address.split_host_port(upstream)
    is_name = host and not address.is_ip_address(host)
    *others, last = await address.resolve_host(host, port) if is_name else [host or address.LOOPBACK]
    for ip in others:
        with contextlib.suppress(OSError):
            return await _connect_ip(ip, port)
    return await _connect_ip(last, port)


async def _connect_ip(ip: str, port: int) -> socket.socket:
    sock = await _connect_socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, (ip, port))
    _own_connections.add(sock)
    return sock


async def _connect_socket(family: socket.AddressFamily, peer: str | tuple[str, int]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        await asyncio.get_running_loop().sock_connect(sock, peer)
    except BaseException:  # cancelled, too
        sock.close()
        raise
    return sock


def _reason(error: OSError | ValueError) -> str:
    """Return the system's message for the error: asyncio's own text has the address instead."""
    if isinstance(error, OSError) and error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return str(error)
