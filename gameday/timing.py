"""Waits of a drill's processes, passed in like the clock, so that a test can run the same way in less time."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Timing:
    """Durations in seconds."""

    revert_attempt_timeout: float = 5.0
    """For one attempt to revert one fault, and for one look at it afterwards."""
    revert_timeout: float = 45.0
    """For all attempts to revert one fault."""
    quiet_period: float = 30.0
    """Without a trace of a fault whose apply had an unknown outcome: a request on the wire may land that late."""
    guardian_retry_delay: float = 10.0
    """Before the guardian tries again what it could not revert."""
    steady_timeout_rehearsal: float = 30.0
    """For steady state to return after a rehearsal; people need longer, and after a halt nobody waits for it."""
    steady_timeout_people: float = 120.0
    steady_timeout_halted: float = 10.0
    max_lease: float = inf
    """The longest lease of a fault; without it, each injector's own."""
    lease_watch: float = 30.0
    """For a lease of a fault that somebody else may own to be renewed, or to end: longer than any lease."""
    reservation: float = 30.0
    """For the reservation of an environment to expire, where its drill no longer renews it."""
    incident_interval: float = 10.0
    """Between two questions for open incidents while a drill runs."""
    first_reading_timeout: float = 10.0
    """For the first reading of all signals in `gameday doctor`; a ratio from counters takes two answers."""


DEFAULT_TIMING = Timing()
REVERT_PAUSES = (0.1, 0.3, 1.0, 2.0)
"""Seconds between two attempts to revert; the last repeats."""
