"""Apply one fault: refused only when nothing of it is left, else unknown."""

from __future__ import annotations

from gameday.injectors.postgres import session_queries
from gameday.injectors.postgres.connection import CONTROL_NAME, open_leased_session
from gameday.injectors.postgres.errors import DeadlineExceeded, ServerError
from gameday.injectors.postgres.faults import KINDS
from gameday.injectors.postgres.held_sessions import HeldSessionRegistry, HeldSessions
from gameday.injectors.postgres.server_info import read_server_info
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.session_acquisition import AcquisitionFailed, SessionAcquisition
from gameday.plugins.types import ApplyOutcome, ApplyResult, Deadline, Intent

_TO_CLEAN_UP = 1.0
"""Seconds of the time there is that are kept for taking back what did not come to a fault."""


def apply_fault(intent: Intent, holder: HeldSessionRegistry, deadline: Deadline) -> ApplyResult:
    if (held := holder.get(intent.marker)) is not None:
        return _confirm_applied(held, intent, deadline)
    if holder.was_reverted(intent.marker):
        return ApplyResult(ApplyOutcome.REFUSED, "it was already reverted")
    if not holder.claim(intent.marker):
        return ApplyResult(ApplyOutcome.UNKNOWN, "it is being applied right now")
    try:
        return _open_and_apply(intent, holder, deadline)
    finally:
        holder.unclaim(intent.marker)


def _open_and_apply(intent: Intent, holder: HeldSessionRegistry, deadline: Deadline) -> ApplyResult:
    try:
        control = open_leased_session(intent.address, CONTROL_NAME, intent.lease, deadline)
    except ServerError as error:
        return ApplyResult(ApplyOutcome.REFUSED, str(error))
    answer = _apply_with_control(control, intent, holder, deadline)
    if answer.outcome is not ApplyOutcome.APPLIED:
        control.close()
    return answer


def _confirm_applied(held: HeldSessions, intent: Intent, deadline: Deadline) -> ApplyResult:
    """Twice is the same as once, and what is not there any more is not made anew."""
    try:
        observed = session_queries.count_sessions(held.control, intent.marker, deadline)
    except ServerError as error:
        return ApplyResult(ApplyOutcome.UNKNOWN, str(error))
    if KINDS[intent.kind].read(intent.params).is_active(observed, len(held.sessions)):
        return ApplyResult(ApplyOutcome.APPLIED)
    return ApplyResult(ApplyOutcome.UNKNOWN, "someone else ended it")


def _apply_with_control(
    control: Session, intent: Intent, holder: HeldSessionRegistry, deadline: Deadline
) -> ApplyResult:
    try:
        if why := read_server_info(control, deadline).mismatch(intent.undo):
            return ApplyResult(ApplyOutcome.REFUSED, why)
        if session_queries.count_sessions(control, intent.marker, deadline).sessions:
            return ApplyResult(ApplyOutcome.UNKNOWN, "another process has sessions with that name")
    except ServerError as error:
        return ApplyResult(ApplyOutcome.REFUSED, str(error))
    acquisition = SessionAcquisition(intent, control, Deadline(max(0.0, deadline.at - _TO_CLEAN_UP)))
    try:
        return _acquire_and_hold(acquisition, holder)
    except (AcquisitionFailed, ServerError) as error:
        return _roll_back(acquisition, error, deadline)


def _acquire_and_hold(acquisition: SessionAcquisition, holder: HeldSessionRegistry) -> ApplyResult:
    marker = acquisition.intent.marker
    work = KINDS[acquisition.intent.kind].read(acquisition.intent.params).acquire(acquisition)
    held = HeldSessions(acquisition.control, acquisition.opened, work)
    if holder.store(marker, held):
        return ApplyResult(ApplyOutcome.APPLIED)
    held.end()
    raise AcquisitionFailed("it was reverted in the meantime")


def _roll_back(
    acquisition: SessionAcquisition, error: AcquisitionFailed | ServerError, deadline: Deadline
) -> ApplyResult:
    """Terminate the sessions of a failed apply; the outcome is unknown unless all are gone.

    A session whose outcome is unknown may still come to be, whatever the server shows now."""
    acquisition.close()
    try:
        terminated = session_queries.terminate_sessions(acquisition.control, acquisition.intent.marker, deadline)
    except ServerError:
        terminated = False
    refused = terminated and not isinstance(error, DeadlineExceeded)
    return ApplyResult(ApplyOutcome.REFUSED if refused else ApplyOutcome.UNKNOWN, str(error))
