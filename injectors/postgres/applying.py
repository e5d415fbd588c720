"""One fault put there: refused only when nothing of it is left, and otherwise unknown."""

from __future__ import annotations

from gameday.contract import Applied, Deadline, Intent, Outcome
from gameday.injectors.postgres import marked
from gameday.injectors.postgres.address import PLAIN_NAME, open_leased
from gameday.injectors.postgres.holder import Held, Holder
from gameday.injectors.postgres.kinds import KINDS
from gameday.injectors.postgres.saying import Late, Trouble
from gameday.injectors.postgres.session import Session
from gameday.injectors.postgres.taking import NotHad, Taking
from gameday.injectors.postgres.target import look

_TO_CLEAN_UP = 1.0
"""Seconds of the time there is that are kept for taking back what did not come to a fault."""


def applied(intent: Intent, holder: Holder, deadline: Deadline) -> Applied:
    if (held := holder.of(intent.mark)) is not None:
        return _again(held, intent, deadline)
    if holder.is_over(intent.mark):
        return Applied(Outcome.REFUSED, "it was taken back before")
    if not holder.begin(intent.mark):
        return Applied(Outcome.UNKNOWN, "it is being applied at this moment")
    try:
        return _begun(intent, holder, deadline)
    finally:
        holder.begun(intent.mark)


def _begun(intent: Intent, holder: Holder, deadline: Deadline) -> Applied:
    try:
        control = open_leased(intent.address, PLAIN_NAME, intent.lease, deadline)
    except Trouble as trouble:
        return Applied(Outcome.REFUSED, str(trouble))
    answer = _with(control, intent, holder, deadline)
    if answer.outcome is not Outcome.APPLIED:
        control.close()
    return answer


def _again(held: Held, intent: Intent, deadline: Deadline) -> Applied:
    """Twice is the same as once, and what is not there any more is not made anew."""
    try:
        seen = marked.seen(held.control, intent.mark, deadline)
    except Trouble as trouble:
        return Applied(Outcome.UNKNOWN, str(trouble))
    if KINDS[intent.kind].read(intent.params).stands(seen, len(held.sessions)):
        return Applied(Outcome.APPLIED)
    return Applied(Outcome.UNKNOWN, "it was ended by somebody meanwhile")


def _with(control: Session, intent: Intent, holder: Holder, deadline: Deadline) -> Applied:
    try:
        if why := look(control, deadline).another_than(intent.undo):
            return Applied(Outcome.REFUSED, why)
        if marked.seen(control, intent.mark, deadline).sessions:
            return Applied(Outcome.UNKNOWN, "another process holds sessions of that name")
    except Trouble as trouble:
        return Applied(Outcome.REFUSED, str(trouble))
    taking = Taking(intent, control, Deadline(max(0.0, deadline.at - _TO_CLEAN_UP)))
    try:
        return _taken(taking, holder)
    except (NotHad, Trouble) as trouble:
        return _undone(taking, trouble, deadline)


def _taken(taking: Taking, holder: Holder) -> Applied:
    mark = taking.intent.mark
    work = KINDS[taking.intent.kind].read(taking.intent.params).take(taking)
    held = Held(taking.control, taking.opened, work)
    if holder.keep(mark, held):
        return Applied(Outcome.APPLIED)
    held.end()
    raise NotHad("it was taken back in the meantime")


def _undone(taking: Taking, trouble: NotHad | Trouble, deadline: Deadline) -> Applied:
    """A session whose outcome nobody knows may still come to be: that is unknown, whatever is seen now."""
    taking.close()
    try:
        gone = marked.ended(taking.control, taking.intent.mark, deadline)
    except Trouble:
        gone = False
    refused = gone and not isinstance(trouble, Late)
    return Applied(Outcome.REFUSED if refused else Outcome.UNKNOWN, str(trouble))
