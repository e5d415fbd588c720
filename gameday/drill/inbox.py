"""Requests of people and of the operating system, queued until the loop processes them.

Nothing here waits: signal handlers and the threads of the control socket only add to the queue.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
from collections.abc import Callable
from types import FrameType

from gameday.events import Interrupted, NewEvent

_NAMES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_STDERR = 2


class Inbox:
    """Queue of STOP, halt, statements and signals."""

    def __init__(self, on_halt: Callable[[], None]) -> None:
        """`on_halt` is called when the drill must end: from then on nothing is applied."""
        self._on_halt = on_halt
        self._waiting: queue.SimpleQueue[NewEvent] = queue.SimpleQueue()
        self._signals = 0
        self.halt_requests = 0
        """Counts up before each `on_halt`, so that a resume sees one that arrives beside it."""

    def put(self, draft: NewEvent) -> None:
        """Queue an event; safe from any thread."""
        self._waiting.put(draft)
        if draft.kind in ("stop", "halt"):
            self._halt()

    def _halt(self) -> None:
        self.halt_requests += 1
        self._on_halt()

    def drain(self) -> list[NewEvent]:
        """Return the events queued since the last call."""
        events: list[NewEvent] = []
        while not self._waiting.empty():
            events.append(self._waiting.get_nowait())
        return events

    def install_signal_handlers(self) -> None:
        """From here on INT, TERM and HUP end the drill in order; a second one hurries nothing and skips nothing."""
        for name in _NAMES:
            signal.signal(name, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals == 1:
            self.put(NewEvent(Interrupted(signal.Signals(number).name)))
            self._halt()
            return
        # past sys.stderr, whose buffer the signal may have interrupted: entered twice, it raises
        with contextlib.suppress(OSError):
            os.write(_STDERR, b"gameday: reverting all faults; please wait\n")
