"""One end of a proxied connection: the socket of the client, or the one to the upstream."""

from __future__ import annotations

import asyncio
import logging
import socket
from select import EPOLLIN, EPOLLOUT
from typing import Protocol, cast

from typing_extensions import override

from gameday.proxy import address, receive_timestamps
from gameday.proxy.event_loop import Loop, running_loop
from gameday.proxy.send_buffer import SendBuffer
from gameday.proxy.toxics.base import Target

log = logging.getLogger("gameday.proxy")


class Owner(Protocol):
    """What an end reports to: its connection."""

    def came(self, end: Endpoint, data: bytes) -> None: ...
    def ended(self, end: Endpoint) -> None: ...
    def wrote_end(self, end: Endpoint) -> None: ...
    def pressed(self, end: Endpoint) -> None: ...
    def lost(self, end: Endpoint, error: Exception | None) -> None: ...


class Endpoint(asyncio.Protocol, Target):
    """Reads when it may, writes what it is fed. Nothing here waits.

    asyncio opens the connection; its socket is then ours, so that a read goes on to the other side in the same call:
    through the kernel's pipe where nothing stands between, else as bytes."""

    __slots__ = (
        "_closing", "_loop", "_owner", "_reading", "_sock", "_straight", "_waiting", "_wanted",
        "arrived", "end_written", "full", "has_ended", "is_lost", "received", "sent",
    )  # fmt: skip

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._loop: Loop | None = None
        self._sock: socket.socket | None = None
        self._waiting = SendBuffer()
        self._wanted = 0
        self._reading = False
        self._closing = False
        self._straight: Endpoint | None = None
        self.arrived: float | None = None
        """While a read is handed on: when it came, by the loop's clock."""
        self.is_lost = False
        self.has_ended = False
        """The peer has sent its last byte."""
        self.end_written = False
        """The other side's end was passed on to this peer, or will be after the last bytes."""
        self.full = False
        """The peer does not read as fast as it is written to: something waits for it."""
        self.received = 0
        """Bytes that came from the peer."""
        self.sent = 0
        """Bytes for the peer, those that wait included."""

    @property
    def is_open(self) -> bool:
        return self._loop is not None and not self.is_lost

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket over. The transport's own descriptor closes in the loop's next turn; ours stays."""
        self._loop = running_loop()
        made = cast("asyncio.WriteTransport", transport)
        try:
            self._sock = cast("socket.socket", made.get_extra_info("socket")).dup()
            self._sock.setblocking(False)
        except OSError as error:
            self._loop.call_soon(self._lost, error)
        made.abort()
        self.splice_to(self._straight)

    def splice_to(self, straight: Endpoint | None) -> None:
        """Where what is read here goes unchanged and at once; None when it goes to the owner, who may hold it."""
        self._straight = straight
        if straight is None and self._sock is not None:
            receive_timestamps.enable_timestamps(self._sock)

    def read(self, wanted: bool) -> None:
        """Read from now on, or no more for now. After the peer's end there is nothing to read."""
        wanted = wanted and not self.has_ended
        if self._sock is not None and wanted != self._reading:
            self._reading = wanted
            self._watch()

    @override
    def feed(self, data: bytes) -> None:
        """To the peer. What comes for a peer that is gone is gone."""
        if self._sock is None or self._closing or self.end_written:
            return
        self.sent += len(data)
        if self._waiting.size:
            self._wait(data)
            return
        try:
            sent = self._sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._close(error)
            return
        if sent < len(data):
            self._wait(memoryview(data)[sent:])

    @override
    def eof(self) -> None:
        """The other side has ended: say so to this peer, and still read what it has to say."""
        self.end_written = True
        self._settle_end()
        self._owner.wrote_end(self)

    def finish(self) -> None:
        """Close once all that was written is on its way."""
        self._closing = True
        self.read(False)
        self._settle_end()

    def abort(self, reset: bool) -> None:
        """Close now; with a TCP reset if asked."""
        if self._sock is None:
            return
        if reset:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, address.NO_LINGER)
        self._close(None)

    def _ready(self, events: int) -> None:
        try:
            if self._waiting.size and events & ~EPOLLIN:
                self._flush()
            if self._reading and events & ~EPOLLOUT:
                self._receive()
        except BlockingIOError:
            return
        except OSError as error:
            self._close(error)
        except Exception as error:  # a toxic's mistake ends its connection, and not the server
            log.exception("a connection ends by a mistake in this program")
            self._close(OSError(str(error)))

    def _receive(self) -> None:
        assert self._sock is not None and self._loop is not None
        straight, pipe = self._straight, self._loop.pipe
        if straight is not None and pipe.works and straight._takes_at_once:
            size = pipe.take(self._sock)
            if size:
                self.received += size
                straight._take(size)
                return
            if size == 0:
                self._end()
                return
        data, late = receive_timestamps.receive_with_age(self._sock)
        self.arrived = self._loop.time() - late
        if data:
            self.received += len(data)
            self._owner.came(self, data)
        else:
            self._end()
        self.arrived = None

    @property
    def _takes_at_once(self) -> bool:
        return not (self._sock is None or self._waiting.size or self._closing or self.end_written)

    def _take(self, size: int) -> None:
        """What is in the pipe, to the peer."""
        assert self._sock is not None and self._loop is not None
        self.sent += size
        try:
            rest = self._loop.pipe.give(self._sock, size)
        except OSError as error:
            self._close(error)
            return
        if rest:
            self._wait(rest)

    def _end(self) -> None:
        self.has_ended = True
        self.read(False)
        self._owner.ended(self)

    def _wait(self, data: memoryview | bytes) -> None:
        self._waiting.add(data)
        self._watch()
        self._notify_pressure()

    def _flush(self) -> None:
        assert self._sock is not None
        try:
            self._waiting.send(self._sock)
        except BlockingIOError:
            return
        except OSError as error:
            self._close(error)
            return
        if not self._waiting.size:
            self._watch()
            self._settle_end()
        self._notify_pressure()

    def _notify_pressure(self) -> None:
        """Tell the owner when `full` has changed. The system's own buffer is all that is written ahead."""
        full = self._waiting.size > 0
        if full != self.full:
            self.full = full
            self._owner.pressed(self)

    def _settle_end(self) -> None:
        """The end goes out after the last byte; so does the close."""
        if self._sock is None or self._waiting.size:
            return
        if self._closing:
            self._close(None)
        elif self.end_written:
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError as error:
                self._close(error)

    def _watch(self) -> None:
        if self._sock is None or self._loop is None:
            return
        wanted = (EPOLLIN if self._reading else 0) | (EPOLLOUT if self._waiting.size else 0)
        if wanted != self._wanted:
            self._wanted = wanted
            self._loop.poll.serve(self._sock.fileno(), wanted, self._ready)

    def _close(self, error: OSError | None) -> None:
        """At once; the owner hears of it in the loop's next turn, for it may be in the middle of something."""
        if self._sock is None or self._loop is None:
            return
        self._reading = False
        self._waiting.clear()
        self._watch()
        self._sock.close()
        self._sock = None
        self._loop.call_soon(self._lost, error)

    def _lost(self, error: OSError | None) -> None:
        self.is_lost = True
        self._owner.lost(self, error)
