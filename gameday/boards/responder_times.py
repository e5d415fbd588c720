"""What responders may know of a drill's time: whether it runs, what is due next, who is still missing."""

from __future__ import annotations

from enum import Enum

from gameday.boards.drill_board import DrillBoard
from gameday.drill.facilitator import timebox_end
from gameday.drill.state import DrillState
from gameday.model import Mode, Phase, Role
from gameday.moments import Moment
from gameday.people.cast import missing_roles

UPDATE_INTERVAL_S = 600.0
"""Time from one update to the next, until the incident is mitigated."""
FIRST_UPDATE_S = 300.0
"""Time from declaring to the first update, if the scenario has no objective for it."""


class Activity(Enum):
    """What a drill does now, as its responders see it; the cause of an early end is not part of it."""

    NOT_STARTED = "Not started: nothing is changed yet"
    RUNNING = "Running"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    REVERTING = "Reverting all faults"
    OVER = "The drill is over"


def find_activity(state: DrillState) -> Activity:
    """Return what the drill does now."""
    if state.started_at is None:
        return Activity.OVER if state.phase is Phase.DONE else Activity.NOT_STARTED
    if state.phase is Phase.DONE:
        return Activity.OVER
    if state.phase is not Phase.RUNNING or state.halt_reason:
        return Activity.REVERTING
    if state.stop.stopped_at is not None:
        return Activity.STOPPED
    return Activity.RUNNING if state.interventions.paused_at is None else Activity.PAUSED


def timebox_ends_at(board: DrillBoard) -> float | None:
    """Return when the timebox ends (CLOCK_MONOTONIC); None while no clock runs."""
    return timebox_end(board.plan, board.state) if find_activity(board.state) is Activity.RUNNING else None


def assembling_since(board: DrillBoard) -> float | None:
    """Return when the responders were paged, while the team is not assembled yet; else None."""
    moments = board.state.moments
    is_complete = Moment.ASSEMBLED in moments or board.plan.mode is Mode.SOLO
    return None if is_complete else moments.get(Moment.PAGED)


def update_due_at(board: DrillBoard) -> float | None:
    """Return when the next status update is due (CLOCK_MONOTONIC); None if none is."""
    declared = board.state.moments.get(Moment.DECLARED)
    if declared is None or Moment.MITIGATED in board.state.moments:
        return None
    if board.responders.last_update is None:
        return declared + (objective_seconds(board, Moment.UPDATE) or FIRST_UPDATE_S)
    return board.responders.last_update + UPDATE_INTERVAL_S


def objective_seconds(board: DrillBoard, moment: Moment) -> float | None:
    """Return the time that the scenario's objective gives for a moment; None without one."""
    objectives = board.plan.scenario.objectives
    return next((objective.by.after for objective in objectives if objective.by and objective.moment is moment), None)


def unfilled_required_roles(board: DrillBoard) -> list[Role]:
    """Return the required roles that nobody fills as far as is recorded; none once the team has assembled."""
    responders = board.responders
    if board.state.started_at is None or responders.is_assembled:
        return []
    return missing_roles(board.plan.scenario.roles_required, {*responders.roles, *responders.assigned})
