"""The port of a proxy: accepting clients, refusing them, or closed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable

from gameday.proxy import sockets
from gameday.proxy.connection_limit import ConnectionLimit
from gameday.proxy.errors import ApiError

log = logging.getLogger("gameday.proxy")

MAX_ACCEPTS_PER_TURN = 16
"""Connections accepted before the rest of the loop has its turn."""
RETRY_S = 0.2
"""Pause after a failed accept: the system does not notify us when a descriptor becomes free."""
LOG_INTERVAL_S = 60.0
"""Interval of the warning that clients cannot be accepted."""

AcceptCallback = Callable[[socket.socket], None]


class Listener:
    """A listening socket, from its creation until `close`. Both are done when the call returns."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, listen: str, on_accept: AcceptCallback, limit: ConnectionLimit
    ) -> None:
        self._loop = loop
        self._on_accept = on_accept
        self._limit = limit
        self._quiet_until = 0.0
        self._sock = sockets.open_listening_socket(listen)
        self._retry: asyncio.TimerHandle | None = None
        self.address = sockets.bound_address(self._sock)
        loop.add_reader(self._sock, self._accept)

    def close(self) -> None:
        """Stop listening."""
        if self._retry is not None:
            self._retry.cancel()
        self._limit.cancel_notification(self._resume)
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _accept(self) -> None:
        for _ in range(MAX_ACCEPTS_PER_TURN):
            if message := self._limit.exhausted_message:
                self._pause(message)
                self._limit.notify_when_free(self._resume)
                return
            try:
                sock, _peer = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._pause(str(error))
                self._retry = self._loop.call_later(RETRY_S, self._resume)
                return
            sock.setblocking(False)
            self._on_accept(sock)

    def _pause(self, reason: str) -> None:
        """Leave new clients in the backlog, and log why, once per interval."""
        if self._loop.time() >= self._quiet_until:
            self._quiet_until = self._loop.time() + LOG_INTERVAL_S
            log.warning("cannot accept on %s: %s", self.address, reason)
        self._loop.remove_reader(self._sock)

    def _resume(self) -> None:
        self._loop.add_reader(self._sock, self._accept)


class PortGate:
    """A port that is open (listening), refusing (bound, not listening) or closed.

    Each change is done, or refused with nothing changed, when the call returns."""

    def __init__(self, loop: asyncio.AbstractEventLoop, on_accept: AcceptCallback, limit: ConnectionLimit) -> None:
        self._loop = loop
        self._limit = limit
        self._on_accept = on_accept
        self._listener: Listener | None = None
        self._reserved: socket.socket | None = None
        """Holds the port without listening: the kernel refuses clients, and no other process gets the port."""

    def open(self, listen: str) -> str:
        """Listen, and return the address with its actual port. Raises ApiError 500."""
        if self._listener is None:
            was_refusing = self._reserved is not None
            self.close()
            try:
                self._listener = Listener(self._loop, listen, self._on_accept, self._limit)
            except ApiError:
                if was_refusing:
                    self._reserve_again(listen)
                raise
        return self._listener.address

    def refuse(self, listen: str) -> str:
        """Refuse new clients, and return the address with its actual port. Raises ApiError 500."""
        if self._reserved is None:
            was_open = self._listener is not None
            self.close()
            try:
                self._reserved = sockets.bind_socket(listen)
            except ApiError:
                if not was_open:
                    raise
        return listen if self._reserved is None else sockets.bound_address(self._reserved)

    def close(self) -> None:
        """Free the port."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._reserved is not None:
            self._reserved.close()
            self._reserved = None

    def _reserve_again(self, listen: str) -> None:
        with contextlib.suppress(ApiError):
            self._reserved = sockets.bind_socket(listen)
