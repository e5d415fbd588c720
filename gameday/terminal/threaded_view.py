"""A view beside the loop: the drill neither waits for a terminal that does not read, nor falls with a view."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from typing_extensions import override

from gameday.drill.state import State
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Plan, Reading

MAX_QUEUED_CALLS = 20_000
"""Calls that wait at most for a terminal that stands still; the oldest are dropped."""
END_TIMEOUT = 2.0
"""Seconds that `end` waits for the last lines to be shown."""


class ThreadedView(View):
    """Passes every call on, in order, in a thread of its own. A view that raises is left alone from then on, which is
    said once on stderr; the drill goes on. Ticks are not kept: only the latest is of use."""

    def __init__(self, view: View, end_timeout: float = END_TIMEOUT) -> None:
        self._view = view
        self._end_timeout = end_timeout
        self._waiting: deque[Callable[[], None]] = deque(maxlen=MAX_QUEUED_CALLS)
        self._tick: tuple[float, State] | None = None
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None
        self._broken = False
        self._ended = threading.Event()

    @override
    def begin(self, plan: Plan) -> None:
        self._ended = threading.Event()
        self._pass_on(lambda: self._view.begin(plan))

    @override
    def event(self, event: Event, state: State) -> None:
        self._pass_on(lambda: self._view.event(event, state))

    @override
    def reading(self, reading: Reading) -> None:
        self._pass_on(lambda: self._view.reading(reading))

    @override
    def tick(self, now: float, state: State) -> None:
        with self._change:
            self._tick = (now, state)
            self._change.notify()

    @override
    def end(self) -> None:
        """Returns when the terminal is given back, or after `end_timeout` when it stands still."""
        ended = self._ended
        if self._broken or self._thread is None:
            return
        self._pass_on(self._finish)
        ended.wait(self._end_timeout)

    def _finish(self) -> None:
        try:
            self._view.end()
        finally:
            self._ended.set()

    def _pass_on(self, call: Callable[[], None]) -> None:
        with self._change:
            if self._broken:
                return
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="view", daemon=True)
                self._thread.start()
            self._waiting.append(call)
            self._change.notify()

    def _work(self) -> None:
        try:
            while True:
                for call in self._next():
                    call()
        except Exception as error:  # whatever a view does, the drill goes on
            self._give_up(error)

    def _next(self) -> list[Callable[[], None]]:
        """All that waits, and the latest tick after it."""
        with self._change:
            while not self._waiting and self._tick is None:
                self._change.wait()
            calls, tick = list(self._waiting), self._tick
            self._waiting.clear()
            self._tick = None
        if tick is not None:
            calls.append(lambda: self._view.tick(*tick))
        return calls

    def _give_up(self, error: Exception) -> None:
        self._broken = True
        self._waiting.clear()
        with suppress(Exception):
            self._view.end()
        self._ended.set()
        with suppress(OSError, ValueError):
            print(f"gameday: the view is gone ({type(error).__name__}: {error}); the drill goes on.", file=sys.stderr)
        if isinstance(error, BrokenPipeError):
            # Nobody reads stdout: the interpreter's own last flush must not fail over it.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
