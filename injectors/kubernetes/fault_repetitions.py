"""Faults that act again and again, as long as the process that applied them runs and their record exists."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from gameday.clients.kubernetes import ClusterError


class Repetitions:
    """Threads of the faults that this process repeats, one for each."""

    def __init__(self) -> None:
        self._repeated: dict[str, _Repetition] = {}

    def start(self, marker: str, interval: float, act: Callable[[], None]) -> None:
        """Call `act` each `interval` seconds until the fault is stopped. Idempotent."""
        if interval and marker not in self._repeated:
            self._repeated[marker] = _Repetition(interval, act)

    def stop(self, marker: str, timeout: float) -> None:
        """Stop the repetition, and wait at most `timeout` seconds for one under way. Idempotent."""
        if repeated := self._repeated.pop(marker, None):
            repeated.stop(timeout)


class _Repetition:
    """One repetition."""

    def __init__(self, interval: float, act: Callable[[], None]) -> None:
        self._interval, self._act = interval, act
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval):
            with suppress(ClusterError):  # the next repetition may reach the server
                self._act()

    def stop(self, timeout: float) -> None:
        self._stopped.set()
        self._thread.join(timeout)
