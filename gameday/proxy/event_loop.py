"""The loop that the proxy runs in: traffic is served as it is found ready, and timers are kept to a fraction of a
millisecond."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import select
import selectors
import time
from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override

from gameday.proxy.splice import Pipe

AT_ONCE = 16
"""Sockets served before the loop's other work, the API among it, has its turn."""
SOON = 0.002
"""Seconds: a wait this short is timed finely, a longer one is cut before its end and then timed finely."""
CUT = 0.001
SHARE = 0.002
"""The kernel may be late by a thousandth of the wait; twice that is cut off."""

SPIN = 0.0001
"""Seconds before a timer's end in which the loop does not sleep: to be woken takes about as long."""

_PR_SET_TIMERSLACK = 29

Serve = Callable[[int], None]
"""Called with the events (EPOLLIN, ...) that a socket is ready for."""


class Poll(selectors.BaseSelector):
    """asyncio's selector over an epoll, in which a second one lies, with the sockets of the traffic.

    So the API's sockets are seen in each turn, however many of the traffic's are ready. The traffic's callbacks run
    inside `select`, so in the loop's thread and between its steps: a handle, a context and a pass through the ready
    queue for each read would cost more than the read. What asyncio itself registered is returned."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._traffic = select.epoll()
        self._epoll.register(self._traffic, select.EPOLLIN)
        self._keys: dict[int, selectors.SelectorKey] = {}
        self._served: dict[int, Serve] = {}

    def serve(self, fd: int, events: int, serve: Serve) -> None:
        """Call `serve` whenever `fd` is ready for `events`; with no events, no more: a socket of which nothing is
        wanted would report its peer's reset in every turn."""
        if not events:
            self._served.pop(fd)
            self._traffic.unregister(fd)
        elif fd in self._served:
            self._traffic.modify(fd, events)
        else:
            self._traffic.register(fd, events)
            self._served[fd] = serve

    @override
    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = []
        for fd, events in self._wait(timeout):
            if key := self._keys.get(fd):
                ready.append((key, _asked(events) & key.events))
            else:
                self._serve_some()
        return ready

    @override
    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, _number(fileobj), events, data)
        if key.fd in self._keys:
            raise KeyError(f"{fileobj!r} is registered already")
        self._epoll.register(key.fd, _flags(events))
        self._keys[key.fd] = key
        return key

    @override
    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        key = self._keys.pop(_number(fileobj))
        self._epoll.unregister(key.fd)
        return key

    @override
    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        key = selectors.SelectorKey(fileobj, _number(fileobj), events, data)
        self._epoll.modify(key.fd, _flags(events))
        self._keys[key.fd] = key
        return key

    @override
    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys[_number(fileobj)]

    @override
    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys

    @override
    def close(self) -> None:
        self._epoll.close()
        self._traffic.close()
        self._keys.clear()
        self._served.clear()

    def _serve_some(self) -> None:
        for fd, events in self._traffic.poll(0, AT_ONCE):
            if serve := self._served.get(fd):
                serve(events)

    def _wait(self, timeout: float | None) -> list[tuple[int, int]]:
        """epoll counts whole milliseconds, and asyncio rounds up to them. So the end of a wait is timed by select(),
        which knows microseconds, on the epoll itself, and its last moment is looked at all the time. A wait that was
        cut returns nothing, and the loop waits again."""
        if timeout is None or timeout <= 0:
            return self._epoll.poll(-1 if timeout is None else 0)
        if timeout > SOON:
            return self._epoll.poll(int((timeout * (1 - SHARE) - CUT) * 1000) / 1000)
        end = time.monotonic() + timeout
        if timeout > SPIN:
            select.select([self._epoll], [], [], timeout - SPIN)
        while not (ready := self._epoll.poll(0)) and time.monotonic() < end:
            pass
        return ready


class Loop(asyncio.SelectorEventLoop):
    """An asyncio loop on a `Poll`."""

    def __init__(self) -> None:
        self.poll = Poll()
        _wake_punctually()
        self.pipe = Pipe()
        super().__init__(self.poll)

    @override
    def close(self) -> None:
        super().close()
        self.pipe.close()


def running_loop() -> Loop:
    """The loop that this runs in, which must be one of ours."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, Loop), "the proxy runs in its own loop"
    return loop


def _wake_punctually() -> None:
    """The kernel may wake a thread 50 microseconds late to save power; this one asks for a thousandth of that."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, *(ctypes.c_ulong(value) for value in (50, 0, 0, 0)))


def _number(fileobj: Any) -> int:
    return fileobj if isinstance(fileobj, int) else int(fileobj.fileno())


def _flags(events: int) -> int:
    wanted = select.EPOLLIN if events & selectors.EVENT_READ else 0
    return wanted | (select.EPOLLOUT if events & selectors.EVENT_WRITE else 0)


def _asked(events: int) -> int:
    """Errors are for whoever waits, be it to read or to write: the call then says which."""
    read = selectors.EVENT_READ if events & ~select.EPOLLOUT else 0
    return read | (selectors.EVENT_WRITE if events & ~select.EPOLLIN else 0)
