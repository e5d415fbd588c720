"""Wait for the reverts of a drill that was told to end, and their result as a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from gameday.app.running_drills import is_over, ping_drill

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill

REVERT_TIMEOUT_S = 120.0
POLL_INTERVAL_S = 0.1
FIRST_POLL_INTERVAL_S = 0.02
"""In the first second: most reverts take less."""


class WaitOutcome(Enum):
    """Outcome of a wait for the reverts of one drill."""

    REVERTED = "reverted"
    SUSPENDED = "suspended"
    """All faults are removed; the guardian stays because the suspended runner may wake."""
    LOST = "lost"
    """Its processes do not respond, or cannot revert everything."""
    LATE = "late"
    """Its processes respond, but are not finished in time."""


@dataclass(frozen=True, slots=True)
class RevertWait:
    """Outcome of a wait; `result` says what became of the faults, if they are removed.

    `to_undo`: the actions that are undone after that."""

    outcome: WaitOutcome
    result: str = ""
    to_undo: tuple[str, ...] = ()

    @property
    def is_reverted(self) -> bool:
        return self.outcome in (WaitOutcome.REVERTED, WaitOutcome.SUSPENDED)


def wait_until_reverted(drill: RunningDrill) -> RevertWait:
    """Wait until all faults are verified absent; the drill may still record its end."""
    return _wait(drill, until_over=False)


def wait_until_over(drill: RunningDrill, report: Callable[[str], None]) -> RevertWait:
    """Wait until everything is reverted and undone, and the end is recorded; `report` what is undone."""
    return _wait(drill, until_over=True, report=report)


def _wait(drill: RunningDrill, *, until_over: bool, report: Callable[[str], None] = lambda _: None) -> RevertWait:
    """Ask the drill's processes first: what they know needs no look into journal and store.

    The undo of actions has limits of its own, so it does not count as time of the reverts."""
    start, undoing = time.monotonic(), ""
    while (waited := time.monotonic() - start) < REVERT_TIMEOUT_S:
        answer = ping_drill(drill)
        if answer.get("result") and not until_over:
            to_undo = tuple(map(str, answer.get("to_undo", ())))
            return RevertWait(WaitOutcome.REVERTED, str(answer["result"]), to_undo)
        if answer.get("result") and (pending := ", ".join(map(str, answer.get("to_undo", ())))):
            start = time.monotonic()
            if pending != undoing:
                report(f"{drill.drill}: {answer['result']} Undoing {pending} ...")
            undoing = pending
        if answer.get("watching"):  # that can last, so nobody waits for it
            return RevertWait(WaitOutcome.SUSPENDED, _known_result(drill))
        if (until_over or not answer) and is_over(drill):
            return RevertWait(WaitOutcome.REVERTED, _known_result(drill))
        if not answer or answer.get("stuck"):
            return RevertWait(WaitOutcome.LOST)
        time.sleep(FIRST_POLL_INTERVAL_S if waited < 1 else POLL_INTERVAL_S)
    return RevertWait(WaitOutcome.LATE)


def _known_result(drill: RunningDrill) -> str:
    """Return what became of the drill's faults, as its journal and its store know."""
    from gameday.drill.revert.orphaned_drills import load_known_events
    from gameday.drill.revert.revert_summary import describe_reverts
    from gameday.store.open import open_for_revert

    return describe_reverts(load_known_events(drill.drill, open_for_revert(drill.folder)))
