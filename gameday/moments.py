"""The named points of a drill. One word each: the same in files, commands, log, scorecard and review.

Anchors and their definitions follow the field's response metrics (Google SRE, PagerDuty's response guide):
a span is always measured between two of these, never from a feeling.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """One word for one point of a drill. The value is what files, events and screens say."""

    START = "start"
    FAULT = "fault"
    IMPACT = "impact"
    ALERT = "alert"
    PAGED = "paged"
    ACKNOWLEDGED = "acknowledged"
    DECLARED = "declared"
    IC_ANNOUNCED = "ic-announced"
    ASSEMBLED = "assembled"
    UPDATE = "update"
    THEORY = "theory"
    HELP = "help"
    MITIGATED = "mitigated"
    RECOVERED = "recovered"
    FAULT_END = "fault-end"
    REVERTED = "reverted"
    END = "end"


@dataclass(frozen=True, slots=True)
class MomentInfo:
    """What a moment means, who notices it, and whether a person says it or the program measures it."""

    means: str
    human: bool


MOMENTS: dict[Moment, MomentInfo] = {
    Moment.START: MomentInfo("the drill begins (STARTEX)", human=False),
    Moment.FAULT: MomentInfo("the first fault is applied and read back as there", human=False),
    Moment.IMPACT: MomentInfo("the first reading outside steady state while a fault stands", human=False),
    Moment.ALERT: MomentInfo("the environment's own alert fires", human=False),
    Moment.PAGED: MomentInfo(
        "the alert called the responders, or the program did because it stayed silent", human=False
    ),
    Moment.ACKNOWLEDGED: MomentInfo("a responder says the page was seen", human=True),
    Moment.DECLARED: MomentInfo("someone says: this is an incident", human=True),
    Moment.IC_ANNOUNCED: MomentInfo("the incident commander says so aloud", human=True),
    Moment.ASSEMBLED: MomentInfo("everyone the scenario requires is present", human=True),
    Moment.UPDATE: MomentInfo("a status update is posted", human=True),
    Moment.THEORY: MomentInfo("the team says what it thinks is happening", human=True),
    Moment.HELP: MomentInfo("someone asks for help", human=True),
    Moment.MITIGATED: MomentInfo("users are served again, sustained; the fault may still stand", human=False),
    Moment.RECOVERED: MomentInfo("steady state holds again", human=False),
    Moment.FAULT_END: MomentInfo("a fault has ended by itself, as the scenario plans it", human=False),
    Moment.REVERTED: MomentInfo(
        "no fault stands any more: each is read back as gone, or was left to people", human=False
    ),
    Moment.END: MomentInfo("ENDEX: the drill is over", human=False),
}

HUMAN_MOMENTS = frozenset(moment for moment, meaning in MOMENTS.items() if meaning.human)
