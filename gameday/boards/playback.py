"""Playback of a drill from its log, as a replay or while another process runs it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from gameday.clock import Clock
from gameday.drill.state import DrillState, fold_with_retractions
from gameday.drill.view import View
from gameday.errors import BadArguments
from gameday.events import Event, read_plan
from gameday.files.plan_codec import decode_plan
from gameday.model import Phase, Plan, Reading
from gameday.store.protocols import DrillReader

T = TypeVar("T")
POLL_INTERVAL_S = 0.1


def read_recorded_plan(events: Sequence[Event]) -> Plan:
    """Return the plan that the log records. Raises BadArguments."""
    plan = read_plan(events).plan
    if not plan:
        raise BadArguments("the log of this drill has no plan, so it cannot be shown")
    return decode_plan(plan)


class Playback:
    """One drill on one view; `state` is folded from the events so far."""

    def __init__(self, view: View, plan: Plan) -> None:
        self.state = DrillState()
        self._events: list[Event] = []
        self._view = view
        view.begin(plan)

    def advance(self, now: float, events: Sequence[Event], readings: Sequence[Reading]) -> None:
        """Show what is new since the last call; `now` is CLOCK_MONOTONIC of the drill."""
        for event in events:
            self._events.append(event)
            self.state = fold_with_retractions(self.state, event, self._events)
            self._view.event(event, self.state)
        for reading in readings:
            self._view.reading(reading)
        self._view.tick(now, self.state)


def replay(events: Sequence[Event], readings: Sequence[Reading], view: View, clock: Clock, speed: float) -> None:
    """Replay a drill from its first event to its last, `speed` times as fast."""
    playback = Playback(view, read_recorded_plan(events))
    event_cursor = _TimedCursor(events, lambda event: event.at)
    reading_cursor = _TimedCursor(readings, lambda reading: reading.at)
    started, first = clock.monotonic(), events[0].at
    now = first
    while now <= events[-1].at:
        now = first + (clock.monotonic() - started) * speed
        playback.advance(now, event_cursor.until(now), reading_cursor.until(now))
        clock.wait(threading.Event(), POLL_INTERVAL_S)
    view.end()


class _TimedCursor(Generic[T]):
    """Cursor over items in order of time."""

    def __init__(self, items: Sequence[T], at: Callable[[T], float]) -> None:
        self._items: Iterator[T] = iter(sorted(items, key=at))
        self._at = at
        self._next: T | None = next(self._items, None)

    def until(self, now: float) -> list[T]:
        passed: list[T] = []
        while self._next is not None and self._at(self._next) <= now:
            passed.append(self._next)
            self._next = next(self._items, None)
        return passed


def follow_store(store: DrillReader, drill: str, view: View, clock: Clock, has_ended: Callable[[], bool]) -> DrillState:
    """Follow a running drill until it is over or the runner `has_ended`.

    What the store has is shown at once; readings are stored once a second.
    """
    events, batches = store.events(drill), 0
    while not events and not has_ended():  # the first event is about to be written
        clock.wait(threading.Event(), POLL_INTERVAL_S)
        events = store.events(drill)
    playback, last = Playback(view, read_recorded_plan(events)), 0
    while True:
        is_over = has_ended()  # asked before the log is read: the last events are in it then
        events = store.events(drill, last)
        last = events[-1].seq if events else last
        readings, batches = store.readings_after(drill, batches)
        playback.advance(clock.monotonic(), events, readings)
        if playback.state.phase in (Phase.DONE, Phase.STUCK) or is_over:
            view.end()
            return playback.state
        clock.wait(threading.Event(), POLL_INTERVAL_S)
