"""Outcome of a drill that was run: its exit code, and its scorecard if it started."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gameday.errors import Exit

if TYPE_CHECKING:
    from gameday.drill.drill_record import DrillResult
    from gameday.events import Event
    from gameday.model import Reading
    from gameday.scorecards.scorecard import Scorecard
    from gameday.store.protocols import DrillReader


@dataclass(frozen=True, slots=True)
class DrillOutcome:
    """One drill. `scorecard` None: it did not start, or another process took it over (`is_taken_over`).

    `reason` is why it was taken over or ended, and may be empty.
    """

    drill: str
    exit: Exit
    scorecard: Scorecard | None = None
    is_taken_over: bool = False
    reason: str = ""
    is_mitigated: bool = False
    unwritten: str = ""
    """Reason why the store does not have its log."""


def load_drill_outcome(result: DrillResult, store: DrillReader) -> DrillOutcome:
    """Evaluate the log of a drill that was run."""
    from gameday.events import Mitigated, Started, has_any
    from gameday.scorecards.scorecard import build_scorecard
    from gameday.scorecards.verdict import decide_verdict

    events, readings = _read_log(result, store)
    if result.fenced:
        return DrillOutcome(result.drill, Exit.HALTED, is_taken_over=True, reason=_takeover_reason(events))
    if not has_any(events, Started):
        code, reason = decide_verdict(events).exit, _end_reason(events)
        return DrillOutcome(result.drill, code, reason=reason, unwritten=result.unwritten_reason)
    card = build_scorecard(events, readings)
    if result.unwritten_reason and card.exit is not Exit.DIRTY:  # what the drill taught is not recorded
        card = replace(card, exit=Exit.FAILED, reasons=("its log is not in the store", *card.reasons))
    is_mitigated = has_any(events, Mitigated)
    unwritten = result.unwritten_reason
    return DrillOutcome(result.drill, card.exit, card, is_mitigated=is_mitigated, unwritten=unwritten)


def _read_log(result: DrillResult, store: DrillReader) -> tuple[Sequence[Event], Sequence[Reading]]:
    """Return events and readings; those of a store that cannot be read from memory, as far as they are there."""
    from gameday.store.protocols import StoreError

    if not result.unwritten:
        return store.events(result.drill), store.readings(result.drill)
    with suppress(StoreError):
        return result.unwritten, store.readings(result.drill)
    return result.unwritten, ()


def combine_exits(results: Sequence[DrillResult], outcomes: Sequence[DrillOutcome], store: DrillReader) -> Exit:
    """Return one exit code for all drills of a run.

    Raises EnvironmentDirty if a fault is still present, or an action was not undone."""
    from gameday.drill.revert.orphaned_drills import dirty_error
    from gameday.scorecards.verdict import rehearsal_exit_code

    left = [intent for result in results for intent in result.outstanding]
    owed = [cleanup for result in results for cleanup in result.owed]
    if left or owed:
        raise dirty_error(left, store, owed)
    return rehearsal_exit_code([outcome.exit for outcome in outcomes])


def _takeover_reason(events: Sequence[Event]) -> str:
    from gameday.events import TakenOver, last_of

    takeover = last_of(events, TakenOver)
    return takeover.body.reason if takeover else ""


def _end_reason(events: Sequence[Event]) -> str:
    from gameday.events import Ended, last_of

    end = last_of(events, Ended)
    return end.body.text if end else ""
