"""How many connections there may be: two file descriptors each, and some kept back so that the API stays reachable."""

from __future__ import annotations

import contextlib
import logging
import resource
from collections.abc import Callable

from gameday.errors import Refused

log = logging.getLogger("gameday.proxy")

KEPT_BACK = 64
"""Descriptors for the API, the listeners and the process itself."""
MINIMUM = 8
"""Connections; with room for less it does not start."""
WARN_BELOW = 256
"""Connections; with room for less it says at the start how many."""


class ConnectionLimit:
    """One for all proxies."""

    def __init__(self) -> None:
        self._taken = 0
        self._limit = _as_many_as_may_be()
        self._most = max(1, _connections(self._limit))
        self._waiting: list[Callable[[], None]] = []

    def acquire(self) -> None:
        self._taken += 1

    def release(self) -> None:
        """Whoever waits is called, once."""
        self._taken -= 1
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def wait(self, wake: Callable[[], None]) -> None:
        """Call it when there is room again: at once, for clients that are kept waiting give up."""
        self._waiting.append(wake)

    def forget(self, wake: Callable[[], None]) -> None:
        """It waits no more, if it did."""
        with contextlib.suppress(ValueError):
            self._waiting.remove(wake)

    @property
    def exhausted_message(self) -> str:
        """Why there is no room for one more, and what to do; empty while there is."""
        if self._taken < self._most:
            return ""
        return (
            f"{self._taken} connections are as many as {self._limit} file descriptors allow; "
            "new ones wait. Raise the limit (ulimit -n) and start again."
        )


def check_descriptors() -> None:
    """At the start. Refused where they are too few to serve with; else a word where they are not many."""
    limit = _as_many_as_may_be()
    most = _connections(limit)
    if most < MINIMUM:
        needed = KEPT_BACK + 2 * MINIMUM
        todo = f"Raise the limit, as in ulimit -n 1024: two are needed for each connection, and {KEPT_BACK} besides."
        raise Refused(f"{limit} file descriptors are too few to serve with: {needed} are the least", todo)
    if most < WARN_BELOW:
        log.warning("%d file descriptors allow %d connections at once; ulimit -n raises that", limit, most)


def _connections(limit: int) -> int:
    return (limit - KEPT_BACK) // 2


def _as_many_as_may_be() -> int:
    """The limit, raised to the hard one where that is allowed."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
