"""One end of a proxied connection: the socket of the client, or the one to the upstream."""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol, cast

from gameday.proxy import address

READ = 256 * 1024
"""Bytes of one read."""
WRITE_AHEAD = 512 * 1024
"""Bytes that may wait for a peer before nothing more is read for it."""

_LANDING = memoryview(bytearray(READ))
"""Where reads land. One for all: a read is handed on, copied, before the loop does anything else."""


class Owner(Protocol):
    """What an end reports to: its connection."""

    def came(self, end: Endpoint, data: bytes) -> None: ...
    def ended(self, end: Endpoint) -> None: ...
    def wrote_end(self, end: Endpoint) -> None: ...
    def pressed(self, end: Endpoint) -> None: ...
    def lost(self, end: Endpoint, error: Exception | None) -> None: ...


class Endpoint(asyncio.BufferedProtocol):
    """Reads when it may, writes what it is fed. Nothing here waits."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._transport: asyncio.Transport | None = None
        self._reading = False
        self.received = 0
        self.sent = 0
        """Bytes, for the metrics."""
        self.is_lost = False
        self.has_ended = False
        """The peer has sent its last byte."""
        self.end_written = False
        """The other side's end was passed on to this peer."""
        self.full = False
        """The peer does not read as fast as it is written to."""

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self.is_lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=WRITE_AHEAD)
        self._transport.pause_reading()

    def get_buffer(self, sizehint: int) -> memoryview:
        return _LANDING

    def buffer_updated(self, nbytes: int) -> None:
        self.received += nbytes
        self._owner.came(self, bytes(_LANDING[:nbytes]))

    def eof_received(self) -> bool:
        self.has_ended = True
        self._owner.ended(self)
        return True

    def pause_writing(self) -> None:
        self.full = True
        self._owner.pressed(self)

    def resume_writing(self) -> None:
        self.full = False
        self._owner.pressed(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._owner.lost(self, exc)

    def read(self, wanted: bool) -> None:
        """Read from now on, or no more for now. After the peer's end there is nothing to read."""
        if self._transport is None or self.is_lost or self.has_ended or wanted == self._reading:
            return
        self._reading = wanted
        if wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def feed(self, data: bytes) -> None:
        """To the peer. What comes for a peer that is gone is gone."""
        if self._transport is not None and not self._transport.is_closing():
            self.sent += len(data)
            self._transport.write(data)

    def eof(self) -> None:
        """The other side has ended: say so to this peer, and still read what it has to say."""
        self.end_written = True
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()
        self._owner.wrote_end(self)

    def finish(self) -> None:
        """Close once all that was written is on its way."""
        if self._transport is not None:
            self._transport.close()

    def abort(self, reset: bool) -> None:
        """Close now; with a TCP reset if asked."""
        if self._transport is None or self.is_lost:
            return
        if reset:
            sock = cast("socket.socket", self._transport.get_extra_info("socket"))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, address.NO_LINGER)
        self._transport.abort()
