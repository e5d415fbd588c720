"""Wait for the reverts of a drill that was told to end, and their result as a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from gameday.app.running_drills import is_over, ping_drill

if TYPE_CHECKING:
    from gameday.drill.control.client import ServerAnswer
    from gameday.drill.control.drill_registry import RunningDrill

REVERT_TIMEOUT_S = 120.0
POLL_INTERVAL_S = 0.1


class WaitResult(Enum):
    """Result of a wait for the reverts of one drill."""

    REVERTED = "reverted"
    SUSPENDED = "suspended"
    """All faults are removed; the guardian stays because the suspended runner may wake."""
    LOST = "lost"
    """Its processes do not respond, or cannot revert everything."""
    LATE = "late"
    """Its processes respond, but are not finished in time."""


def wait_until_reverted(drill: RunningDrill) -> WaitResult:
    """Wait until all faults are verified absent; the drill may still record its end."""
    return _wait(drill, lambda answer: bool(answer.get("reverted")))


def wait_until_over(drill: RunningDrill) -> WaitResult:
    """Wait until everything is reverted and undone, and the end is recorded."""
    return _wait(drill, lambda _: False)


def _wait(drill: RunningDrill, is_enough: Callable[[ServerAnswer], bool]) -> WaitResult:
    deadline = time.monotonic() + REVERT_TIMEOUT_S
    while time.monotonic() < deadline:
        if is_over(drill):
            return WaitResult.REVERTED
        answer = ping_drill(drill)
        if is_enough(answer):
            return WaitResult.REVERTED
        if answer.get("watching"):  # that can last, so nobody waits for it
            return WaitResult.SUSPENDED
        if not answer or answer.get("stuck"):
            return WaitResult.REVERTED if is_over(drill) else WaitResult.LOST
        time.sleep(POLL_INTERVAL_S)
    return WaitResult.LATE


def describe_drill_reverts(drill: RunningDrill) -> str:
    """Return what became of the drill's faults, as its journal and its store know."""
    from gameday.drill.revert.orphaned_drills import describe_reverts, load_known_events
    from gameday.store.open import open_for_revert

    return describe_reverts(load_known_events(drill.drill, open_for_revert(drill.folder)))
