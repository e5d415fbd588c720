"""The gate of a proxy: open (it listens), shut (the port stays ours, and refuses), or closed (the port is free)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from gameday.proxy import address
from gameday.proxy.connection_limit import ConnectionLimit
from gameday.proxy.errors import ApiError
from gameday.proxy.listener import Listener


class PortGate:
    """Each change is one step, and is made or refused when the call returns."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, accepted: Callable[[socket.socket], None], room: ConnectionLimit
    ) -> None:
        self._loop = loop
        self._room = room
        self._accepted = accepted
        self._listener: Listener | None = None
        self._keeper: socket.socket | None = None
        """Has the port, and does not listen: the kernel refuses for it, and nobody is given the port meanwhile."""

    def open(self, listen: str) -> str:
        """Listen, and give the address with its port. ApiError 500 when it cannot be had; a shut gate stays shut."""
        if self._listener is None:
            was_shut = self._keeper is not None
            self.close()
            try:
                self._listener = Listener(self._loop, listen, self._accepted, self._room)
            except ApiError:
                if was_shut:
                    self._reserve(listen)
                raise
        return self._listener.address

    def refuse(self, listen: str) -> str:
        """Refuse new connections at the address, which is ours or free. ApiError 500 when it is neither."""
        if self._keeper is None:
            was_open = self._listener is not None
            self.close()
            try:
                self._keeper = address.bound(listen)
            except ApiError:
                if not was_open:
                    raise
        return listen if self._keeper is None else address.bound_to(self._keeper)

    def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    def _reserve(self, listen: str) -> None:
        with contextlib.suppress(ApiError):
            self._keeper = address.bound(listen)
