"""How many connections there may be: two file descriptors each, and some kept back so that the API stays reachable."""

from __future__ import annotations

import contextlib
import resource

KEPT_BACK = 64
"""Descriptors for the API, the listeners and the process itself."""


class Room:
    """One for all proxies."""

    def __init__(self) -> None:
        self._taken = 0
        self._limit = _as_many_as_may_be()
        self._most = max(1, (self._limit - KEPT_BACK) // 2)

    def take(self) -> None:
        self._taken += 1

    def give(self) -> None:
        self._taken -= 1

    @property
    def lack(self) -> str:
        """Why there is no room for one more, and what to do; empty while there is."""
        if self._taken < self._most:
            return ""
        return (
            f"{self._taken} connections are as many as {self._limit} file descriptors allow; "
            "new ones wait. Raise the limit (ulimit -n) and start again."
        )


def _as_many_as_may_be() -> int:
    """The limit, raised to the hard one where that is allowed."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
