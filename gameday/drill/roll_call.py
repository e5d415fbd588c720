"""Between preflight and STARTEX: the briefing, the predictions and the roll-call take as long as they take."""

from __future__ import annotations

from collections.abc import Callable

from gameday.clock import Clock
from gameday.drill.log import Log
from gameday.drill.loop import TICK
from gameday.events import Draft
from gameday.units import say_duration

PATIENCE = 3600.0
"""Seconds for which a drill that is ready waits for its facilitator; then the environment is free again."""


class Halted(Exception):
    """Somebody asked to end before the drill began."""


def until_begun(log: Log, clock: Clock, pause: Callable[[float], None]) -> None:
    """Say that all is ready, and wait for the facilitator. Raises Halted when nobody begins, or somebody ends it."""
    log.append(Draft("ready", {}))
    until = clock.monotonic() + PATIENCE
    while not log.state.begun:
        if clock.monotonic() > until:
            raise Halted(f"nobody began it within {say_duration(PATIENCE)}")
        pause(TICK)
