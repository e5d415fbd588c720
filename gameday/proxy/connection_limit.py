"""The limit on simultaneous connections: two file descriptors each, with a reserve for the API."""

from __future__ import annotations

import contextlib
import logging
import resource
from collections.abc import Callable

from gameday.errors import Refused

log = logging.getLogger("gameday.proxy")

RESERVED_DESCRIPTORS = 64
"""For the API, the listeners and the process itself."""
MIN_CONNECTIONS = 8
"""The server does not start if the system allows fewer."""
WARN_BELOW_CONNECTIONS = 256


class ConnectionLimit:
    """The number of open connections, shared by all proxies."""

    def __init__(self) -> None:
        self._open = 0
        self._descriptors = _raise_descriptor_limit()
        self._max = max(1, _max_connections(self._descriptors))
        self._waiters: list[Callable[[], None]] = []

    def acquire(self) -> None:
        """Count a new connection."""
        self._open += 1

    def release(self) -> None:
        """Discount a closed connection, and call everyone who waits, once."""
        self._open -= 1
        waiters, self._waiters = self._waiters, []
        for notify in waiters:
            notify()

    def notify_when_free(self, notify: Callable[[], None]) -> None:
        """Call back as soon as a connection closes: waiting clients give up."""
        self._waiters.append(notify)

    def cancel_notification(self, notify: Callable[[], None]) -> None:
        """Forget a callback, if it is registered."""
        with contextlib.suppress(ValueError):
            self._waiters.remove(notify)

    @property
    def exhausted_message(self) -> str:
        """Message for the log while the limit is reached; empty otherwise."""
        if self._open < self._max:
            return ""
        return (
            f"connection limit reached ({self._open} connections with {self._descriptors} file descriptors); "
            "new clients wait. Raise the limit (ulimit -n) and restart."
        )


def check_descriptors() -> None:
    """Raise Refused if there are too few file descriptors to serve.

    Warn if there are few."""
    limit = _raise_descriptor_limit()
    connections = _max_connections(limit)
    if connections < MIN_CONNECTIONS:
        required = RESERVED_DESCRIPTORS + 2 * MIN_CONNECTIONS
        hint = f"Raise the limit: ulimit -n 1024. Each connection needs 2; {RESERVED_DESCRIPTORS} are reserved."
        raise Refused(f"{limit} file descriptors are too few: at least {required} are required", hint)
    if connections < WARN_BELOW_CONNECTIONS:
        log.warning("%d file descriptors allow only %d connections; raise with ulimit -n", limit, connections)


def _max_connections(descriptors: int) -> int:
    return (descriptors - RESERVED_DESCRIPTORS) // 2


def _raise_descriptor_limit() -> int:
    """Raise the soft limit to the hard limit where allowed, and return it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
