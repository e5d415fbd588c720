"""Requests of people and of the operating system, queued until the loop processes them.

Nothing here waits: signal handlers and the threads of the control socket only add to the queue.
"""

from __future__ import annotations

import queue
from collections.abc import Callable

from gameday.events import Halted, Interrupted, NewEvent, Stopped


class Inbox:
    """Queue of STOP, halt, statements and signals."""

    def __init__(self, on_halt: Callable[[], None]) -> None:
        """`on_halt` is called when the drill must end: from then on nothing is applied."""
        self._on_halt = on_halt
        self._waiting: queue.SimpleQueue[NewEvent] = queue.SimpleQueue()
        self.halt_requests = 0
        """Counts up before each `on_halt`, so that a resume sees one that arrives beside it."""

    def put(self, draft: NewEvent) -> None:
        """Queue an event; safe from any thread."""
        self._waiting.put(draft)
        if isinstance(draft.body, Stopped | Halted):
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

    def interrupt(self, signal_name: str) -> None:
        """End the drill in order because of a signal; safe inside a signal handler."""
        self.put(NewEvent(Interrupted(signal_name)))
        self._halt()
