"""The sending half of an endpoint: a non-blocking socket with a send buffer."""

from __future__ import annotations

import socket
from select import EPOLLIN, EPOLLOUT, EPOLLRDHUP

from typing_extensions import override

from gameday.proxy import sockets
from gameday.proxy.event_loop import ProxyLoop
from gameday.proxy.socket_io import SendBuffer
from gameday.proxy.toxics.base import Sink


class BufferedSocket(Sink):
    """A socket that sends what it is fed, and closes after its last byte.

    No method waits."""

    __slots__ = (
        "_closes_when_flushed", "_is_reading", "_loop", "_send_buffer", "_sock", "_watched", "_watches_hangup",
        "bytes_sent", "has_sent_eof", "is_backpressured", "is_closed",
    )  # fmt: skip

    def __init__(self) -> None:
        self._loop: ProxyLoop | None = None
        self._sock: socket.socket | None = None
        self._send_buffer = SendBuffer()
        self._watched = 0
        self._is_reading = False
        self._watches_hangup = False
        self._closes_when_flushed = False
        self.is_closed = False
        self.has_sent_eof = False
        """Our half to the peer has ended, or will after the buffered bytes."""
        self.is_backpressured = False
        """The peer reads slower than it is written to: bytes are buffered for it."""
        self.bytes_sent = 0
        """Includes the buffered bytes."""

    @property
    def is_open(self) -> bool:
        """Return True if connected and not closed."""
        return self._loop is not None and not self.is_closed

    @override
    def feed(self, data: bytes) -> None:
        """Send data to the peer; after its close, discard it."""
        if self._sock is None or self._closes_when_flushed or self.has_sent_eof:
            return
        self.bytes_sent += len(data)
        if self._send_buffer.size:
            self._buffer(data)
            return
        try:
            sent = self._sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._close(error)
            return
        if sent < len(data):
            self._buffer(memoryview(data)[sent:])

    @override
    def feed_eof(self) -> None:
        """End our half of the connection, and keep reading the peer's."""
        self.has_sent_eof = True
        self._finish_if_flushed()
        self._report_eof_sent()

    def close_when_flushed(self) -> None:
        """Stop reading, and close once everything buffered is sent."""
        self._closes_when_flushed = True
        self._is_reading = False
        self._update_watch()
        self._finish_if_flushed()

    def abort(self, reset: bool) -> None:
        """Close now; with a TCP reset if requested."""
        if self._sock is None:
            return
        if reset:
            sockets.reset_on_close(self._sock)
        self._close(None)

    def _send_from_pipe(self, size: int) -> None:
        assert self._sock is not None and self._loop is not None
        self.bytes_sent += size
        try:
            unsent = self._loop.pipe.empty_into(self._sock, size)
        except OSError as error:
            self._close(error)
            return
        if unsent:
            self._buffer(unsent)

    @property
    def _accepts_splice(self) -> bool:
        return not (self._sock is None or self._send_buffer.size or self._closes_when_flushed or self.has_sent_eof)

    def _buffer(self, data: memoryview | bytes) -> None:
        self._send_buffer.add(data)
        self._update_watch()
        self._update_backpressure()

    def _flush(self) -> None:
        assert self._sock is not None
        try:
            self._send_buffer.send(self._sock)
        except BlockingIOError:
            return
        except OSError as error:
            self._close(error)
            return
        if not self._send_buffer.size:
            self._update_watch()
            self._finish_if_flushed()
        self._update_backpressure()

    def _update_backpressure(self) -> None:
        """Report a change. Beyond the kernel's own buffer, nothing is written ahead."""
        is_backpressured = self._send_buffer.size > 0
        if is_backpressured != self.is_backpressured:
            self.is_backpressured = is_backpressured
            self._report_backpressure_change()

    def _finish_if_flushed(self) -> None:
        """Close, or end our half, as requested: after the last byte."""
        if self._sock is None or self._send_buffer.size:
            return
        if self._closes_when_flushed:
            self._close(None)
        elif self.has_sent_eof:
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError as error:
                self._close(error)

    def _update_watch(self) -> None:
        if self._sock is None or self._loop is None:
            return
        events = (EPOLLIN if self._is_reading else 0) | (EPOLLOUT if self._send_buffer.size else 0)
        events |= EPOLLRDHUP if self._watches_hangup else 0
        if events != self._watched:
            self._watched = events
            self._loop.traffic.watch(self._sock.fileno(), events, self._on_ready)

    def _close(self, error: OSError | None) -> None:
        """Close at once, and report it in the loop's next turn.

        The owner may be in the middle of something."""
        if self._sock is None or self._loop is None:
            return
        self._is_reading = self._watches_hangup = False
        self._send_buffer.clear()
        self._update_watch()
        self._sock.close()
        self._sock = None
        self._loop.call_soon(self._report_close, error)

    def _on_ready(self, events: int) -> int:
        raise NotImplementedError

    def _report_eof_sent(self) -> None:
        raise NotImplementedError

    def _report_backpressure_change(self) -> None:
        raise NotImplementedError

    def _report_close(self, error: OSError | None) -> None:
        raise NotImplementedError
