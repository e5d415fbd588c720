"""What people and the operating system ask of a running drill, until the loop takes it in.

Nothing here waits: a signal handler and the door's thread only leave a word.
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
    """STOP, halt, moments said by people, and signals of the operating system."""

    def __init__(self, at_once: Callable[[], None]) -> None:
        """`at_once` is called when the drill must end: from then on nothing is applied any more."""
        self._at_once = at_once
        self._waiting: queue.SimpleQueue[NewEvent] = queue.SimpleQueue()
        self._signals = 0

    def put(self, draft: NewEvent) -> None:
        """From any thread."""
        if draft.kind in ("stop", "halt"):
            self._at_once()
        self._waiting.put(draft)

    def drain(self) -> list[NewEvent]:
        """What was asked since the last call."""
        found: list[NewEvent] = []
        while not self._waiting.empty():
            found.append(self._waiting.get_nowait())
        return found

    def install_signal_handlers(self) -> None:
        """From here on INT, TERM and HUP end the drill in order; a second one hurries nothing and skips nothing."""
        for name in _NAMES:
            signal.signal(name, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._signals += 1
        if self._signals == 1:
            self.put(NewEvent(Interrupted(signal.Signals(number).name)))
            self._at_once()
            return
        # past sys.stderr, whose buffer the signal may have interrupted: entered twice, it raises
        with contextlib.suppress(OSError):
            os.write(_STDERR, b"gameday: everything is being put back; please wait\n")
