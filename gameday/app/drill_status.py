"""Status of the running drills, and the outcome of the latest one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gameday.app.finished_drills import list_project_drills
from gameday.app.recovery import recover_orphans
from gameday.app.running_drills import (
    current_project,
    find_lost_drills,
    find_project_cleanups,
    list_running,
    lost_drills_error,
    ping_drill,
    unregister_finished_drills,
)
from gameday.errors import EnvironmentDirty, Refused

if TYPE_CHECKING:
    from gameday.drill.control.drill_registry import RunningDrill
    from gameday.scorecards.scorecard import Scorecard
    from gameday.store.outstanding import OwedCleanup
    from gameday.timing import Timing

RESPONSE_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True)
class UnresponsiveDrill:
    """A drill whose runner does not respond. `guarded`: its guardian does; `stuck`: it cannot revert everything."""

    running: RunningDrill
    guarded: bool
    stuck: bool

    @property
    def drill(self) -> str:
        return self.running.drill


@dataclass(frozen=True, slots=True)
class DrillStatuses:
    """Answers of the running drills as they give them, the drills that do not answer, and those of other projects."""

    answers: list[dict[str, Any]]
    silent: list[UnresponsiveDrill]
    elsewhere: Sequence[RunningDrill] = ()
    owed: Sequence[OwedCleanup] = ()
    """Actions that drills of this project did not undo."""

    def not_undone_error(self) -> EnvironmentDirty | None:
        """Return the error for actions that were not undone, or None."""
        from gameday.drill.revert.owed_cleanups import not_undone_error

        return not_undone_error(self.owed) if self.owed else None

    def dirty_error(self) -> EnvironmentDirty | None:
        """Return the error for lost stores and stuck guardians, or None."""
        if lost := find_lost_drills(silent.running for silent in self.silent):
            return lost_drills_error(lost)
        stuck = ", ".join(silent.drill for silent in self.silent if silent.stuck)
        if not stuck:
            return None
        return EnvironmentDirty(
            f"DIRTY: {stuck}: the guardian could not revert everything, and retries", "List what is left: gameday halt"
        )


@dataclass(frozen=True, slots=True)
class LatestDrill:
    """The drill that ended last, and how many seconds ago."""

    drill: str
    seconds_ago: float
    scorecard: Scorecard
    has_started: bool


def query_drills(
    token: str, report: Callable[[str], None], timing: Timing, *, everywhere: bool = False
) -> DrillStatuses:
    """Ask every running drill of this project, after recovery. Raises Refused if they cannot be listed.

    An answer holds the facilitator's part only if `token` is that drill's.
    """
    from gameday.store.paths import data_folder

    recover_orphans("status", report, timing)
    running = list_running(everywhere=everywhere)
    if running.unreadable_reason:
        raise Refused(running.unreadable_reason)
    answers, unanswered = _query(running.drills, token)
    silent = [_silent_drill(drill) for drill in unregister_finished_drills(unanswered)]
    owed = find_project_cleanups(data_folder(), None if everywhere else current_project())
    return DrillStatuses(answers, silent, running.elsewhere, owed)


def _query(drills: list[RunningDrill], token: str) -> tuple[list[dict[str, Any]], list[RunningDrill]]:
    from gameday.drill.control.client import NoResponse, send_request

    answers, unanswered = list[dict[str, Any]](), list["RunningDrill"]()
    for drill in drills:
        try:
            answers.append(
                dict(send_request(drill.socket_path, {"request": "status", "token": token}, RESPONSE_TIMEOUT_S))
            )
        except NoResponse:
            unanswered.append(drill)
    return answers, unanswered


def _silent_drill(drill: RunningDrill) -> UnresponsiveDrill:
    answer = ping_drill(drill)
    return UnresponsiveDrill(drill, bool(answer), bool(answer.get("stuck")))


def latest_drill() -> LatestDrill | None:
    """Return the latest drill of this project if it ended. Raises Refused if the store cannot be opened."""
    from gameday.events import Ended, Started, has_any, last_of
    from gameday.scorecards.scorecard import build_scorecard
    from gameday.store.open import open_read_only

    store = open_read_only()
    drill = next(reversed(list_project_drills(store)), None) if store is not None else None
    events = store.events(drill) if store is not None and drill else []
    end = last_of(events, Ended)
    if store is None or drill is None or end is None:
        return None
    readings = store.readings(drill)
    return LatestDrill(
        drill, max(0.0, time.time() - end.wall), build_scorecard(events, readings), has_any(events, Started)
    )
