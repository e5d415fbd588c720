"""Between preflight and STARTEX: the briefing, the predictions and the roll-call take as long as they take."""

from __future__ import annotations

from collections.abc import Callable

from gameday.clock import Clock
from gameday.drill.log import Log
from gameday.drill.loop import TICK_INTERVAL_S
from gameday.events import NewEvent, Ready
from gameday.units import format_duration

START_TIMEOUT_S = 3600.0
"""Seconds for which a drill that is ready waits for its facilitator; then the environment is free again."""


class StartCancelled(Exception):
    """Somebody asked to end before the drill began."""


def wait_for_start(log: Log, clock: Clock, pause: Callable[[float], None]) -> None:
    """Say that all is ready, and wait for the facilitator. Raises Halted when nobody begins, or somebody ends it."""
    log.append(NewEvent(Ready()))
    until = clock.monotonic() + START_TIMEOUT_S
    while not log.state.start_requested:
        if clock.monotonic() > until:
            raise StartCancelled(f"nobody began it within {format_duration(START_TIMEOUT_S)}")
        pause(TICK_INTERVAL_S)
