"""Wait between preflight and start: briefing, predictions and roll-call take as long as they need."""

from __future__ import annotations

from collections.abc import Callable

from gameday.clock import Clock
from gameday.drill.log import Log
from gameday.drill.loop import TICK_INTERVAL_S
from gameday.events import NewEvent, PreflightPassed
from gameday.units import format_duration

START_TIMEOUT_S = 3600.0
"""Seconds for which a drill that is ready waits for its facilitator; then the environment is free again."""


class StartCancelled(Exception):
    """The drill was cancelled before it started."""


def wait_for_start(log: Log, clock: Clock, pause: Callable[[float], None]) -> None:
    """Record that the drill is ready and wait for the facilitator. Raises StartCancelled."""
    log.append(NewEvent(PreflightPassed()))
    until = clock.monotonic() + START_TIMEOUT_S
    while not log.state.start_requested:
        if clock.monotonic() > until:
            raise StartCancelled(f"the drill was not started within {format_duration(START_TIMEOUT_S)}")
        pause(TICK_INTERVAL_S)
