"""Rules of messages and hints: what cancels one, and what makes it an offer."""

from __future__ import annotations

from gameday.drill.state import DrillState
from gameday.model import HintLevel, Message, Plan
from gameday.moments import HUMAN_MOMENTS, Moment

AFTERMATH = frozenset({Moment.MITIGATED, Moment.RECOVERED, Moment.REVERTED, Moment.END})
"""Moments after the incident."""


def cancelling_moments(message: Message) -> tuple[Moment, ...]:
    """Return the moments that cancel a message: its own, and the mitigation if it belongs to the incident."""
    own = (message.unless,) if message.unless else ()
    incident = (Moment.MITIGATED,) if belongs_to_incident(message) else ()
    return tuple(dict.fromkeys((*own, *incident)))


def belongs_to_incident(message: Message) -> bool:
    """Return True unless a message waits for the end of the incident, or follows an action."""
    return message.hint is not None or (message.at is not None and message.at.moment not in AFTERMATH)


def has_pending_lower_hint(plan: Plan, message: Message, state: DrillState) -> bool:
    """Return True if a hint that gives less away was offered and not sent: this one must not overtake it."""
    if message.hint is None:
        return False
    ladder, offered = list(HintLevel), (plan.scenario.messages[entry].hint for entry in state.offered_hints)
    return any(hint in ladder[: ladder.index(message.hint)] for hint in offered)


def depends_on_people(message: Message) -> bool:
    """Return True if a hint depends on what people report.

    The log is incomplete: a missing moment may have happened. The mitigation counts too, because people report it
    before it is measured."""
    reported = HUMAN_MOMENTS | {Moment.MITIGATED}
    since = message.at.moment if message.at else None
    return message.hint is not None and (since in HUMAN_MOMENTS or message.unless in reported)
