"""The drill that the pages show, followed in a thread; pages wait here for the next change."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
import traceback
from collections.abc import Callable
from typing import TypeVar

from typing_extensions import override

from gameday.app.attach import AttachedDrill
from gameday.boards.drill_board import DrillBoard
from gameday.boards.playback import follow_store
from gameday.clock import Clock
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Event
from gameday.model import Plan, Reading
from gameday.web.page_content import list_timers

T = TypeVar("T")
RETRY_PAUSE_S = 1.0


class LiveDrill(View):
    """Board of a running drill, with a version that rises with new events, and when a timer becomes overdue.

    The thread that follows the store writes; the server's threads read with `read`. Only `wait_for_change` belongs to
    the event loop.
    """

    def __init__(self, attached: AttachedDrill, clock: Clock) -> None:
        self.attached = attached
        self.clock = clock
        self.version = 0
        self.is_closed = False
        """True once the drill is over, or neither its runner nor its guardian is left."""
        self.is_shutting_down = False
        self.actions: tuple[str, ...] = ()
        """Names of the environment's actions: the recorded plan does not have them."""
        self.has_caught_up = threading.Event()
        """Set once the board has what the log has: before that, a page would show a drill that has not started."""
        self._board = self._next_board = DrillBoard(attached.plan)
        self._has_news = False
        self._overdue: list[tuple[str, bool]] = []
        self._lock = threading.Lock()
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Start to follow the drill."""
        threading.Thread(target=self.follow, daemon=True).start()

    def shut_down(self) -> None:
        """End every stream: the server waits for them."""
        self.is_shutting_down = True
        self._announce()

    def read(self, show: Callable[[DrillBoard, float], T]) -> T:
        """Return what `show` makes of the board and the time (CLOCK_MONOTONIC), while nothing changes it."""
        with self._lock:
            self._board.now = self.clock.monotonic()
            return show(self._board, self._board.now)

    async def wait_for_change(self, seen: int, seconds: float) -> int:
        """Return the version once it is above `seen`, or after `seconds`."""
        if self._loop is not (loop := asyncio.get_running_loop()):
            self._loop, self._changed = loop, asyncio.Event()
        if self.version == seen:
            waiting = self._changed
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiting.wait(), seconds)
        return self.version

    def follow(self) -> None:
        """Follow the drill to its end. A store that cannot be read for a while (a backup locks it) is read again."""
        store, drill = self.attached.store, self.attached.running.drill
        while True:
            try:
                follow_store(store, drill, self, self.clock, self.attached.has_ended)
                break
            except Exception:  # whatever fails here, pages that stand still would look as if nothing happened
                traceback.print_exc(file=sys.stderr)
                self.clock.wait(threading.Event(), RETRY_PAUSE_S)
        self.is_closed = True
        self.has_caught_up.set()
        self._announce()

    def _announce(self) -> None:
        self.version += 1
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()  # those who wait hold the old one

    @override
    def begin(self, plan: Plan) -> None:
        """Begin with an empty board: all events follow. The old one is shown until they are here."""
        self._next_board = DrillBoard(plan)

    @override
    def event(self, event: Event, state: DrillState) -> None:
        with self._lock:
            self._next_board.event(event, state)
            self._has_news = True

    @override
    def reading(self, reading: Reading) -> None: ...

    @override
    def tick(self, now: float, state: DrillState) -> None:
        with self._lock:
            self._board = self._next_board
            self._board.tick(now, state)
            overdue = [(timer.label, timer.is_late) for timer in list_timers(self._board, now)]
            is_news = self._has_news or overdue != self._overdue
            self._has_news, self._overdue = False, overdue
        self.has_caught_up.set()
        if is_news:
            self._announce()

    @override
    def end(self) -> None: ...
