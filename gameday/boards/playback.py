"""A drill shown from its log: again at its own pace or faster, or while another process runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from gameday.clock import Clock
from gameday.drill.state import State, fold
from gameday.drill.view import View
from gameday.errors import BadArguments
from gameday.events import Event
from gameday.files.plan_codec import decode_plan
from gameday.model import Phase, Plan, Reading
from gameday.store.protocols import DrillReader

T = TypeVar("T")
LOOK_EVERY = 0.1


def plan_of(events: Sequence[Event]) -> Plan:
    """The plan as the log's first line keeps it. Raises BadArguments."""
    play = next((event.data.get("plan") for event in events if event.kind == "planned"), None)
    if not isinstance(play, dict):
        raise BadArguments("this drill was recorded without its plan, so it cannot be shown again")
    return decode_plan(play)


class Playback:
    """One drill on one view; `state` is what its log has said so far."""

    def __init__(self, view: View, plan: Plan) -> None:
        self.state = State()
        self._view = view
        view.begin(plan)

    def advance(self, now: float, events: Sequence[Event], readings: Sequence[Reading]) -> None:
        """All that came since the last call; `now` is CLOCK_MONOTONIC of the drill."""
        for event in events:
            self.state = fold(self.state, event)
            self._view.event(event, self.state)
        for reading in readings:
            self._view.reading(reading)
        self._view.tick(now, self.state)


def replay(events: Sequence[Event], readings: Sequence[Reading], view: View, clock: Clock, speed: float) -> None:
    """From its first line to its last, `speed` times as fast as it was."""
    showing = Playback(view, plan_of(events))
    lines, taken = _TimedCursor(events, lambda event: event.at), _TimedCursor(readings, lambda reading: reading.at)
    began, zero = clock.monotonic(), events[0].at
    now = zero
    while now <= events[-1].at:
        now = zero + (clock.monotonic() - began) * speed
        showing.advance(now, lines.until(now), taken.until(now))
        clock.wait(threading.Event(), LOOK_EVERY)
    view.end()


class _TimedCursor(Generic[T]):
    """What came by then, each once."""

    def __init__(self, every: Sequence[T], at: Callable[[T], float]) -> None:
        self._every: Iterator[T] = iter(sorted(every, key=at))
        self._at = at
        self._next: T | None = next(self._every, None)

    def until(self, now: float) -> list[T]:
        found: list[T] = []
        while self._next is not None and self._at(self._next) <= now:
            found.append(self._next)
            self._next = next(self._every, None)
        return found


def follow_store(store: DrillReader, drill: str, view: View, clock: Clock, gone: Callable[[], bool]) -> State:
    """As its owner writes it, until it is over, or its owner is `gone`. What the store has comes at once, readings
    once a second."""
    events, batches = store.events(drill), 0
    while not events and not gone():  # it is about to write its first line
        clock.wait(threading.Event(), LOOK_EVERY)
        events = store.events(drill)
    showing, last = Playback(view, plan_of(events)), 0
    while True:
        readings, batches = store.readings_after(drill, batches)
        showing.advance(clock.monotonic(), events, readings)
        if showing.state.phase in (Phase.DONE, Phase.STUCK) or gone():
            view.end()
            return showing.state
        clock.wait(threading.Event(), LOOK_EVERY)
        last = events[-1].seq if events else last
        events = store.events(drill, last)
