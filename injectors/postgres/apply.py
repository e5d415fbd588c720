"""One fault put there: refused only when nothing of it is left, and otherwise unknown."""

from __future__ import annotations

from gameday.injectors.postgres import session_queries
from gameday.injectors.postgres.connection import CONTROL_NAME, open_leased_session
from gameday.injectors.postgres.errors import DeadlineExceeded, ServerError
from gameday.injectors.postgres.faults import KINDS
from gameday.injectors.postgres.held_sessions import HeldSessionRegistry, HeldSessions
from gameday.injectors.postgres.server_info import read_server_info
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.session_acquisition import AcquisitionFailed, SessionAcquisition
from gameday.plugins.types import Applied, ApplyOutcome, Deadline, Intent

_TO_CLEAN_UP = 1.0
"""Seconds of the time there is that are kept for taking back what did not come to a fault."""


def apply_fault(intent: Intent, holder: HeldSessionRegistry, deadline: Deadline) -> Applied:
    if (held := holder.get(intent.marker)) is not None:
        return _confirm_applied(held, intent, deadline)
    if holder.was_reverted(intent.marker):
        return Applied(ApplyOutcome.REFUSED, "it was taken back before")
    if not holder.claim(intent.marker):
        return Applied(ApplyOutcome.UNKNOWN, "it is being applied at this moment")
    try:
        return _open_and_apply(intent, holder, deadline)
    finally:
        holder.unclaim(intent.marker)


def _open_and_apply(intent: Intent, holder: HeldSessionRegistry, deadline: Deadline) -> Applied:
    try:
        control = open_leased_session(intent.address, CONTROL_NAME, intent.lease, deadline)
    except ServerError as trouble:
        return Applied(ApplyOutcome.REFUSED, str(trouble))
    answer = _apply_with_control(control, intent, holder, deadline)
    if answer.outcome is not ApplyOutcome.APPLIED:
        control.close()
    return answer


def _confirm_applied(held: HeldSessions, intent: Intent, deadline: Deadline) -> Applied:
    """Twice is the same as once, and what is not there any more is not made anew."""
    try:
        seen = session_queries.count_sessions(held.control, intent.marker, deadline)
    except ServerError as trouble:
        return Applied(ApplyOutcome.UNKNOWN, str(trouble))
    if KINDS[intent.kind].read(intent.params).stands(seen, len(held.sessions)):
        return Applied(ApplyOutcome.APPLIED)
    return Applied(ApplyOutcome.UNKNOWN, "it was ended by somebody meanwhile")


def _apply_with_control(control: Session, intent: Intent, holder: HeldSessionRegistry, deadline: Deadline) -> Applied:
    try:
        if why := read_server_info(control, deadline).mismatch(intent.undo):
            return Applied(ApplyOutcome.REFUSED, why)
        if session_queries.count_sessions(control, intent.marker, deadline).sessions:
            return Applied(ApplyOutcome.UNKNOWN, "another process holds sessions of that name")
    except ServerError as trouble:
        return Applied(ApplyOutcome.REFUSED, str(trouble))
    taking = SessionAcquisition(intent, control, Deadline(max(0.0, deadline.at - _TO_CLEAN_UP)))
    try:
        return _acquire_and_hold(taking, holder)
    except (AcquisitionFailed, ServerError) as trouble:
        return _roll_back(taking, trouble, deadline)


def _acquire_and_hold(taking: SessionAcquisition, holder: HeldSessionRegistry) -> Applied:
    marker = taking.intent.marker
    work = KINDS[taking.intent.kind].read(taking.intent.params).acquire(taking)
    held = HeldSessions(taking.control, taking.opened, work)
    if holder.store(marker, held):
        return Applied(ApplyOutcome.APPLIED)
    held.end()
    raise AcquisitionFailed("it was taken back in the meantime")


def _roll_back(taking: SessionAcquisition, trouble: AcquisitionFailed | ServerError, deadline: Deadline) -> Applied:
    """A session whose outcome nobody knows may still come to be: that is unknown, whatever is seen now."""
    taking.close()
    try:
        gone = session_queries.terminate_sessions(taking.control, taking.intent.marker, deadline)
    except ServerError:
        gone = False
    refused = gone and not isinstance(trouble, DeadlineExceeded)
    return Applied(ApplyOutcome.REFUSED if refused else ApplyOutcome.UNKNOWN, str(trouble))
