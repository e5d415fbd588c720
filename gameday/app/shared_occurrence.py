"""Claim of an occurrence that starters on several machines share: it is recorded on an engine of the environment."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from gameday.errors import GamedayError, Refused

if TYPE_CHECKING:
    from gameday.schedule.schedules import Schedule, Skip

CLAIM_TIMEOUT_S = 10.0


def claim_occurrence(schedule: Schedule, scheduled: float) -> Skip | None:
    """Claim the occurrence at `scheduled` (wall-clock seconds); return why this machine must not start it.

    None also where no engine of the environment can record it, or the environment cannot be read: its start says why.
    """
    from gameday.app.environment_selection import read_environment
    from gameday.drill.injector_registry import InjectorRegistry
    from gameday.drill.reservations import list_places
    from gameday.plugins.types import Deadline
    from gameday.schedule.schedules import Skip, SkipCause

    try:
        places = list_places(read_environment(schedule.environment), InjectorRegistry())
    except GamedayError:
        return None
    if not places:
        return None
    reservable, binding = places[0]
    try:
        holder = reservable.claim_occurrence(
            binding, schedule.name, scheduled, _this_starter(), Deadline.after(CLAIM_TIMEOUT_S)
        )
    except Refused as refused:
        return Skip(SkipCause.UNKNOWN_STARTERS, refused.wrong)
    return Skip(SkipCause.ELSEWHERE, f"already held by {holder}") if holder else None


def _this_starter() -> str:
    """Return the name of this process for people on other machines."""
    return f"{socket.gethostname()} (process {os.getpid()})"
