"""Wait for the reverts of a drill that was told to end, and their result as a sentence."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from gameday.app.reporter import Reporter
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


def wait_until_reverted(drill: RunningDrill, report: Callable[[str], None]) -> RevertWait:
    """Wait until all faults are verified absent; the drill may still record its end.

    `report`: called with what a revert that failed waits for."""
    return _wait(drill, report, until_over=False)


def wait_until_over(drill: RunningDrill, report: Callable[[str], None]) -> RevertWait:
    """Wait until everything is reverted and undone, and the end is recorded.

    `report`: called with what is undone, and what a revert that failed waits for."""
    return _wait(drill, report, until_over=True)


def _wait(drill: RunningDrill, report: Callable[[str], None], *, until_over: bool) -> RevertWait:
    """Ask the drill's processes first: what they know needs no look into journal and store.

    The undo of actions has limits of its own, so it does not count as time of the reverts."""
    start, undoing, reported = time.monotonic(), "", list[str]()
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
        if not answer.get("result"):
            _report_pending(drill, report, reported)
        time.sleep(FIRST_POLL_INTERVAL_S if waited < 1 else POLL_INTERVAL_S)
    return RevertWait(WaitOutcome.LATE)


def describe_unreverted(running: Sequence[RunningDrill], waits: Mapping[RunningDrill, RevertWait]) -> str:
    """Return why the drills that were told to stop are not enough: some did not answer, or could not revert."""
    silent = [drill.drill for drill in running if drill not in waits]
    failed = [drill.drill for drill, wait in waits.items() if not wait.is_reverted]
    states = [f"Not responding: {', '.join(silent)}"] if silent else []
    states += [f"Accepted STOP, but could not revert everything: {', '.join(failed)}"] if failed else []
    return ". ".join(states) or "No drill is running"


def report_reverts(drill: RunningDrill, wait: RevertWait, reporter: Reporter) -> None:
    """Report what became of a drill's faults, once that is certain."""
    if wait.is_reverted:
        reporter.output(f"{drill.drill}: {wait.result}")
    if wait.to_undo:
        reporter.output(f"{drill.drill}: still undoing: {', '.join(wait.to_undo)}. See the result: gameday status")
    if wait.outcome is WaitOutcome.SUSPENDED:
        reporter.output(f"{drill.drill}: its runner is suspended; the guardian watches until it ends.")


def _report_pending(drill: RunningDrill, report: Callable[[str], None], reported: list[str]) -> None:
    """Report what each revert that failed waits for, once; the journal tells, and is never locked."""
    from gameday.drill.revert.revert_summary import describe_pending_reverts
    from gameday.drill.revert.takeover_log import read_journal

    for pending in describe_pending_reverts(read_journal(drill.drill) or []):
        if pending not in reported:
            reported.append(pending)
            report(
                f"{drill.drill}: not reverted yet: {pending}. Retrying; if its engine is down or unreachable, restore "
                "it, and the revert completes by itself."
            )


def _known_result(drill: RunningDrill) -> str:
    """Return what became of the drill's faults, as its journal and its store know."""
    from gameday.drill.revert.orphaned_drills import load_known_events
    from gameday.drill.revert.revert_summary import describe_reverts
    from gameday.store.open import open_for_revert

    return describe_reverts(load_known_events(drill.drill, open_for_revert(drill.folder)))
