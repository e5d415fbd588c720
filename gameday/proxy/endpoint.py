"""One side of a proxied connection: the client's socket or the upstream's."""

from __future__ import annotations

import logging
import socket
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLRDHUP
from typing import Protocol

from typing_extensions import override

from gameday.proxy import socket_io, sockets
from gameday.proxy.buffered_socket import BufferedSocket
from gameday.proxy.event_loop import running_proxy_loop

log = logging.getLogger("gameday.proxy")


class EndpointOwner(Protocol):
    """Receiver of an endpoint's events: its link."""

    def on_data(self, endpoint: Endpoint, data: bytes) -> None: ...
    def on_eof(self, endpoint: Endpoint) -> None: ...
    def on_eof_sent(self, endpoint: Endpoint) -> None: ...
    def on_hangup(self, endpoint: Endpoint, has_unread_data: bool) -> None: ...
    def on_backpressure_change(self, endpoint: Endpoint) -> None: ...
    def on_close(self, endpoint: Endpoint, error: Exception | None) -> None: ...


class Endpoint(BufferedSocket):
    """A socket that is read while allowed, and reports to its owner.

    A read is passed on to the other side within one callback: through the kernel's pipe where no toxic is in between,
    as bytes otherwise. A transport of asyncio would need a turn of the loop and a task's step for each."""

    __slots__ = ("_owner", "_splice_sink", "arrived_at", "bytes_received", "has_received_eof")

    def __init__(self, owner: EndpointOwner) -> None:
        super().__init__()
        self._owner = owner
        self._splice_sink: Endpoint | None = None
        self.arrived_at: float | None = None
        """Loop time at which the data arrived that is being passed on; None outside of a read."""
        self.has_received_eof = False
        """The peer has ended its half of the connection."""
        self.bytes_received = 0

    def open(self, sock: socket.socket) -> None:
        """Take over a connected, non-blocking socket."""
        self._loop = running_proxy_loop()
        self._sock = sock
        try:
            sockets.set_connection_options(sock)
        except OSError as error:
            self._close(error)
        self.splice_to(self._splice_sink)

    def splice_to(self, sink: Endpoint | None) -> None:
        """Pass data on unchanged and at once to another endpoint; None.

        To the owner, who may hold it."""
        self._splice_sink = sink
        if sink is None and self._sock is not None:
            socket_io.enable_timestamps(self._sock)

    def set_reading(self, is_reading: bool) -> None:
        """Start or pause reading. After the peer's end of stream there is nothing to read."""
        is_reading = is_reading and not self.has_received_eof
        if self._sock is not None and is_reading != self._is_reading:
            self._is_reading = is_reading
            self._update_watch()

    def watch_hangup(self, is_watching: bool) -> None:
        """Report a peer that closes or half-closes while it is not read."""
        self._watches_hangup = is_watching
        self._update_watch()

    @override
    def _on_ready(self, events: int) -> int:
        """Serve the socket, and return the bytes that were read or sent from the buffer."""
        before = self.bytes_received - self._send_buffer.size
        self._serve(events)
        return self.bytes_received - self._send_buffer.size - before

    def _serve(self, events: int) -> None:
        try:
            if self._watches_hangup and events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR):
                self._receive_hangup(events)
                return
            if self._send_buffer.size and events & ~EPOLLIN:
                self._flush()
            if self._is_reading and events & ~EPOLLOUT:
                self._read()
        except BlockingIOError:
            return
        except OSError as error:
            self._close(error)
        except Exception as error:  # an error in a toxic must not end the server
            log.exception("internal error; closing the connection")
            self._close(OSError(str(error)))

    def _read(self) -> None:
        assert self._sock is not None and self._loop is not None
        if self._read_spliced():
            return
        data, age = socket_io.receive_with_age(self._sock)
        self.arrived_at = self._loop.time() - age
        if data:
            self.bytes_received += len(data)
            self._owner.on_data(self, data)
        else:
            self._receive_eof()
        self.arrived_at = None

    def _read_spliced(self) -> bool:
        """Read through the pipe; return False if the data must pass through this process."""
        assert self._sock is not None and self._loop is not None
        sink, pipe = self._splice_sink, self._loop.pipe
        if sink is None or not pipe.is_supported or not sink._accepts_splice:
            return False
        size = pipe.fill_from(self._sock)
        if size:
            self.bytes_received += size
            sink._send_from_pipe(size)
        elif size == 0:
            self._receive_eof()
        return size is not None

    def _receive_hangup(self, events: int) -> None:
        assert self._sock is not None
        self.watch_hangup(False)  # or the event would repeat in every turn
        is_reset = events & (EPOLLHUP | EPOLLERR)  # not to be peeked at: that would clear the error before the read
        has_unread_data = not is_reset and self._sock.recv(1, socket.MSG_PEEK) != b""
        self._owner.on_hangup(self, has_unread_data)

    def _receive_eof(self) -> None:
        self.has_received_eof = True
        self.set_reading(False)
        self._owner.on_eof(self)

    @override
    def _report_eof_sent(self) -> None:
        self._owner.on_eof_sent(self)

    @override
    def _report_backpressure_change(self) -> None:
        self._owner.on_backpressure_change(self)

    @override
    def _report_close(self, error: OSError | None) -> None:
        self.is_closed = True
        self._owner.on_close(self, error)
