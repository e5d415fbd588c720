"""A view in its own thread, so that its failures do not affect the drill."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from typing_extensions import override

from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Plan, Reading

MAX_QUEUED_CALLS = 20_000
"""Calls queued for a blocked terminal; beyond it the oldest are dropped."""
END_TIMEOUT = 2.0
"""Seconds that `end` waits for the last lines to be shown."""


class ThreadedView(View):
    """View that passes calls on in its own thread; of the ticks only the latest.

    A view that raises is no longer called, which is reported once on stderr.
    """

    def __init__(self, view: View, end_timeout: float = END_TIMEOUT) -> None:
        self._view = view
        self._end_timeout = end_timeout
        self._calls: deque[Callable[[], None]] = deque(maxlen=MAX_QUEUED_CALLS)
        self._tick: tuple[float, DrillState] | None = None
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._disabled = False
        self._ended = threading.Event()

    @override
    def begin(self, plan: Plan) -> None:
        self._ended = threading.Event()
        self._queue(lambda: self._view.begin(plan))

    @override
    def event(self, event: Event, state: DrillState) -> None:
        self._queue(lambda: self._view.event(event, state))

    @override
    def reading(self, reading: Reading) -> None:
        self._queue(lambda: self._view.reading(reading))

    @override
    def tick(self, now: float, state: DrillState) -> None:
        with self._change:
            self._tick = (now, state)
            self._change.notify()

    @override
    def end(self) -> None:
        """Wait until the terminal is restored, at most `end_timeout` if it is blocked."""
        ended = self._ended
        if self._disabled or self._thread is None:
            return
        self._queue(self._finish)
        ended.wait(self._end_timeout)

    def _finish(self) -> None:
        try:
            self._view.end()
        finally:
            self._ended.set()

    def _queue(self, call: Callable[[], None]) -> None:
        with self._change:
            if self._disabled:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="view", daemon=True)
                self._thread.start()
            self._calls.append(call)
            self._change.notify()

    def _work(self) -> None:
        try:
            while True:
                for call in self._next():
                    call()
        except Exception as error:  # a view must not affect the drill
            self._disable(error)

    def _next(self) -> list[Callable[[], None]]:
        """Return the queued calls, then the latest tick."""
        with self._change:
            while not self._calls and self._tick is None:
                self._change.wait()
            calls, tick = list(self._calls), self._tick
            self._calls.clear()
            self._tick = None
        if tick is not None:
            calls.append(lambda: self._view.tick(*tick))
        return calls

    def _disable(self, error: Exception) -> None:
        self._disabled = True
        self._calls.clear()
        with suppress(Exception):
            self._view.end()
        self._ended.set()
        failed = f"the view failed ({type(error).__name__}: {error}); the drill continues"
        message = "nobody reads the output any more" if isinstance(error, BrokenPipeError) else failed
        with suppress(OSError, ValueError):
            print(f"gameday: {message}.", file=sys.stderr)
        if isinstance(error, BrokenPipeError):
            # nobody reads stdout: the interpreter's last flush must not fail
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
