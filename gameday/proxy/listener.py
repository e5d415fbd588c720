"""The listening side of a proxy."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from gameday.proxy import address
from gameday.proxy.connection_limit import ConnectionLimit

log = logging.getLogger("gameday.proxy")

AT_ONCE = 16
"""Connections taken before the loop's other work has its turn."""
PAUSE = 0.2
"""Seconds before the next try when the system has no file descriptor, of which nobody tells us that one is free."""
QUIET = 60.0
"""Seconds before that is said again."""


class Listener:
    """Listens from the moment it is made until `close`. Opening and closing are single steps, with no waiting."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listen: str,
        accepted: Callable[[socket.socket], None],
        room: ConnectionLimit,
    ) -> None:
        self._loop = loop
        self._accepted = accepted
        self._room = room
        self._quiet_until = 0.0
        self._sock = address.listening(listen)
        self._retry: asyncio.TimerHandle | None = None
        self.address = address.bound_to(self._sock)
        loop.add_reader(self._sock, self._accept)

    def close(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
        self._room.forget(self._again)
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            if lack := self._room.exhausted_message:
                self._rest(lack)
                self._room.wait(self._again)
                return
            try:
                sock, _peer = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(str(error))
                self._retry = self._loop.call_later(PAUSE, self._again)
                return
            sock.setblocking(False)
            self._accepted(sock)

    def _rest(self, why: str) -> None:
        """Say so once a minute at most; who wants to connect waits meanwhile."""
        if self._loop.time() >= self._quiet_until:
            self._quiet_until = self._loop.time() + QUIET
            log.warning("cannot accept on %s: %s", self.address, why)
        self._loop.remove_reader(self._sock)

    def _again(self) -> None:
        self._loop.add_reader(self._sock, self._accept)
