"""The drill that the pages show, followed in a thread; pages wait here for the next change."""

from __future__ import annotations

import asyncio
import contextlib
import threading
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

T = TypeVar("T")


class LiveDrill(View):
    """Board of a running drill, with a version that rises with every event.

    The thread that follows the store writes; the server's threads read with `read`. Only `wait_for_change` and `open`
    belong to the event loop.
    """

    def __init__(self, attached: AttachedDrill, clock: Clock) -> None:
        self.attached = attached
        self.clock = clock
        self.version = 0
        self.is_closed = False
        """True once the drill is over, or neither its runner nor its guardian is left."""
        self._board = DrillBoard(attached.plan)
        self._lock = threading.Lock()
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        """Start to follow the drill; called from the event loop."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self._follow, daemon=True).start()

    def read(self, show: Callable[[DrillBoard, float], T]) -> T:
        """Return what `show` makes of the board and the time (CLOCK_MONOTONIC), while nothing changes it."""
        with self._lock:
            self._board.now = self.clock.monotonic()
            return show(self._board, self._board.now)

    async def wait_for_change(self, seen: int, seconds: float) -> int:
        """Return the version once it is above `seen`, or after `seconds`."""
        if self.version == seen:
            waiting = self._changed
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(waiting.wait(), seconds)
        return self.version

    def _follow(self) -> None:
        store, drill = self.attached.store, self.attached.running.drill
        follow_store(store, drill, self, self.clock, self.attached.has_ended)
        self.is_closed = True
        self._announce()

    def _announce(self) -> None:
        self.version += 1
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()  # those who wait hold the old one

    @override
    def begin(self, plan: Plan) -> None: ...

    @override
    def event(self, event: Event, state: DrillState) -> None:
        with self._lock:
            self._board.event(event, state)
        self._announce()

    @override
    def reading(self, reading: Reading) -> None: ...

    @override
    def tick(self, now: float, state: DrillState) -> None:
        with self._lock:
            self._board.tick(now, state)

    @override
    def end(self) -> None: ...
