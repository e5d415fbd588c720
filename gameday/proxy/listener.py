"""The listening side of a proxy."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from gameday.proxy import address

log = logging.getLogger("gameday.proxy")

AT_ONCE = 64
"""Connections taken before the loop's other work has its turn."""
PAUSE = 0.2
"""Seconds before the next try when no file descriptor is free."""


class Listener:
    """Listens from the moment it is made until `close`. Opening and closing are single steps, with no waiting."""

    def __init__(self, loop: asyncio.AbstractEventLoop, listen: str, accepted: Callable[[socket.socket], None]) -> None:
        self._loop = loop
        self._accepted = accepted
        self._sock = address.listening(listen)
        self._retry: asyncio.TimerHandle | None = None
        self.address = address.bound_to(self._sock)
        loop.add_reader(self._sock, self._accept)

    def close(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
        self._loop.remove_reader(self._sock)
        self._sock.close()

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                sock, _peer = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                self._rest(error)
                return
            sock.setblocking(False)
            self._accepted(sock)

    def _rest(self, error: OSError) -> None:
        log.warning("cannot accept on %s: %s", self.address, error)
        self._loop.remove_reader(self._sock)
        self._retry = self._loop.call_later(PAUSE, self._loop.add_reader, self._sock, self._accept)
