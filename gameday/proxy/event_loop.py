"""The proxy's event loop, with a fast path for traffic and sub-millisecond timers."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import itertools
import select
import selectors
import time
from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override

from gameday.proxy.socket_io import SplicePipe

MAX_TURN_S = 0.001
"""Time that traffic is served before the rest of the loop, the API included, has its turn."""
MAX_READY_SOCKETS = 256
"""Ready sockets that are considered at once."""
BULK_BYTES = 16 * 1024
"""A socket that moved at least this much when it was last served waits for those that moved less."""
FINE_WAIT_S = 0.002
"""Waits up to this long are timed precisely; a longer one ends early, and its rest is timed precisely."""
EARLY_S = 0.001
EARLY_FRACTION = 0.002
"""The kernel may be late by a thousandth of the wait; twice that is subtracted."""
SPIN_S = 0.0001
"""Time before a timer expires in which the loop does not sleep: waking it takes about as long."""

_PR_SET_TIMERSLACK = 29

EventCallback = Callable[[int], int]
"""Called with the epoll events (EPOLLIN, ...) that a socket is ready for; returns the bytes that it moved."""


class TrafficSelector(selectors.BaseSelector):
    """An asyncio selector with a second epoll inside, for the sockets of the traffic.

    So every turn sees the API's sockets, however many of the traffic's are ready. The traffic's callbacks run inside
    `select`: in the loop's thread, between its steps. A handle, a context and a pass through the ready queue for each
    read would cost more than the read. What asyncio itself registered is returned as usual.

    Sockets that move little are served first. Then the one with much data that has waited the longest, and the ready
    ones are looked up again: so no request waits for more than one turn of a bulk transfer."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._traffic = select.epoll()
        self._epoll.register(self._traffic, select.EPOLLIN)
        self._keys: dict[int, selectors.SelectorKey] = {}
        self._callbacks: dict[int, EventCallback] = {}
        self._bulk: dict[int, int] = {}
        """Sockets that moved much, with the number of their last turn. A pause of the socket does not change it."""
        self._turns = itertools.count()

    def watch(self, fd: int, events: int, callback: EventCallback) -> None:
        """Call back whenever `fd` is ready for the epoll `events`; without events, stop watching it.

        A socket left in the epoll with no events would still report its peer's reset in every turn."""
        if not events:
            self._callbacks.pop(fd)
            self._traffic.unregister(fd)
        elif fd in self._callbacks:
            self._traffic.modify(fd, events)
        else:
            self._traffic.register(fd, events)
            self._callbacks[fd] = callback

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = []
        for fd, events in self._wait(timeout):
            if key := self._keys.get(fd):
                ready.append((key, _to_selector_events(events) & key.events))
            else:
                self._serve_traffic()
        return ready

    @override
    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, _descriptor(fileobj), events, data)
        if key.fd in self._keys:
            raise KeyError(f"{fileobj!r} is registered already")
        self._epoll.register(key.fd, _to_epoll_events(events))
        self._keys[key.fd] = key
        return key

    @override
    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        key = self._keys.pop(_descriptor(fileobj))
        self._epoll.unregister(key.fd)
        return key

    @override
    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, _descriptor(fileobj), events, data)
        self._epoll.modify(key.fd, _to_epoll_events(events))
        self._keys[key.fd] = key
        return key

    @override
    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys[_descriptor(fileobj)]

    @override
    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys

    @override
    def close(self) -> None:
        self._epoll.close()
        self._traffic.close()
        self._keys.clear()
        self._callbacks.clear()

    def _serve_traffic(self) -> None:
        """Serve ready sockets for up to MAX_TURN_S, at least one with much data."""
        end = time.monotonic() + MAX_TURN_S
        while ready := self._traffic.poll(0, MAX_READY_SOCKETS):
            bulk: list[tuple[int, int, int]] = []
            for fd, events in ready:
                if fd in self._bulk:
                    bulk.append((self._bulk[fd], fd, events))
                elif time.monotonic() < end:
                    self._serve_socket(fd, events)
            if bulk:
                _, fd, events = min(bulk)
                self._serve_socket(fd, events)
            if time.monotonic() >= end:
                return

    def _serve_socket(self, fd: int, events: int) -> None:
        if (callback := self._callbacks.get(fd)) is None:
            return
        if callback(events) >= BULK_BYTES:
            self._bulk[fd] = next(self._turns)
        else:
            self._bulk.pop(fd, None)

    def _wait(self, timeout: float | None) -> list[tuple[int, int]]:
        """Wait for events with microsecond precision.

        epoll counts whole milliseconds, and asyncio rounds up to them. So the end of a wait is timed by select(), which
        counts microseconds, on the epoll itself, and its last moment is polled. A shortened wait returns nothing, and
        the loop waits again."""
        if timeout is None or timeout <= 0:
            return self._epoll.poll(-1 if timeout is None else 0)
        if timeout > FINE_WAIT_S:
            return self._epoll.poll(int((timeout * (1 - EARLY_FRACTION) - EARLY_S) * 1000) / 1000)
        end = time.monotonic() + timeout
        if timeout > SPIN_S:
            select.select([self._epoll], [], [], timeout - SPIN_S)
        while not (ready := self._epoll.poll(0)) and time.monotonic() < end:
            pass
        return ready


class ProxyLoop(asyncio.SelectorEventLoop):
    """An asyncio loop on a `TrafficSelector`."""

    def __init__(self) -> None:
        self.traffic = TrafficSelector()
        self.pipe = SplicePipe()
        super().__init__(self.traffic)
        _reduce_timer_slack()

    @override
    def close(self) -> None:
        super().close()
        self.pipe.close()


def running_proxy_loop() -> ProxyLoop:
    """Return the running loop, which must be a `ProxyLoop`."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, ProxyLoop), "the proxy requires its own event loop"
    return loop


def _reduce_timer_slack() -> None:
    """Ask the kernel to wake this thread on time.

    By default it may be 50 microseconds late, to save power."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, *(ctypes.c_ulong(value) for value in (50, 0, 0, 0)))


def _descriptor(fileobj: Any) -> int:
    return fileobj if isinstance(fileobj, int) else int(fileobj.fileno())


def _to_epoll_events(events: int) -> int:
    epoll_events = select.EPOLLIN if events & selectors.EVENT_READ else 0
    return epoll_events | (select.EPOLLOUT if events & selectors.EVENT_WRITE else 0)


def _to_selector_events(epoll_events: int) -> int:
    """Report an error as both readable and writable: the call that follows raises it."""
    events = selectors.EVENT_READ if epoll_events & ~select.EPOLLOUT else 0
    return events | (selectors.EVENT_WRITE if epoll_events & ~select.EPOLLIN else 0)
