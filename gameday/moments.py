"""The moments of a drill: one word each, the same in files, commands, log, scorecard and review.

Their definitions follow the common response metrics (Google SRE, PagerDuty's response guide). Every response time is
measured between two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Moment(StrEnum):
    """A named point in a drill. Files, events and screens use the value."""

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
    HANDOVER = "handover"
    SEVERITY = "severity"
    MITIGATED = "mitigated"
    RECOVERED = "recovered"
    FAULT_END = "fault-end"
    REVERTED = "reverted"
    END = "end"


@dataclass(frozen=True, slots=True)
class MomentInfo:
    """The meaning of a moment, and whether a person records it or the program measures it."""

    means: str
    human: bool


MOMENTS: dict[Moment, MomentInfo] = {
    Moment.START: MomentInfo("the drill begins; the first fault follows after a hidden delay", human=False),
    Moment.FAULT: MomentInfo("the first fault is applied and confirmed active", human=False),
    Moment.IMPACT: MomentInfo("the first reading outside steady state while a fault is active", human=False),
    Moment.ALERT: MomentInfo("the environment's own alert fires (or the program pages, and says so)", human=False),
    Moment.PAGED: MomentInfo("the responders are paged, by their own alert or by the program's fallback", human=False),
    Moment.ACKNOWLEDGED: MomentInfo("a responder acknowledges the page", human=True),
    Moment.DECLARED: MomentInfo("someone declares an incident", human=True),
    Moment.IC_ANNOUNCED: MomentInfo("the incident commander announces that they command", human=True),
    Moment.ASSEMBLED: MomentInfo("all roles that the scenario needs are present", human=True),
    Moment.UPDATE: MomentInfo("a status update is posted", human=True),
    Moment.THEORY: MomentInfo("the team states what it thinks is happening", human=True),
    Moment.HELP: MomentInfo("someone asks for help", human=True),
    Moment.HANDOVER: MomentInfo("a role is handed over to somebody else", human=True),
    Moment.SEVERITY: MomentInfo("the team states how severe the incident is", human=True),
    Moment.MITIGATED: MomentInfo("service is restored and stays so; the fault may still be active", human=False),
    Moment.RECOVERED: MomentInfo("steady state is restored", human=False),
    Moment.FAULT_END: MomentInfo("a fault ends by itself on purpose, after the time it lasts", human=False),
    Moment.REVERTED: MomentInfo(
        "all faults are removed: each revert is verified, or people took the fault over", human=False
    ),
    Moment.END: MomentInfo("the drill ends (ENDEX)", human=False),
}

_PHRASES = {
    Moment.START: "the start", Moment.FAULT: "the fault", Moment.IMPACT: "the impact", Moment.ALERT: "the alert",
    Moment.PAGED: "the page", Moment.DECLARED: "the declaration", Moment.MITIGATED: "service was restored",
    Moment.RECOVERED: "steady state was restored", Moment.FAULT_END: "the end of the fault",
    Moment.REVERTED: "the revert", Moment.END: "the end",
}  # fmt: skip


def moment_phrase(moment: str) -> str:
    """Return a moment as it reads after `before`: `the page` for `paged`; most human ones have their own name."""
    return next((phrase for known, phrase in _PHRASES.items() if known == moment), moment)


_OCCURRED = {Moment.IC_ANNOUNCED: "IC announced", Moment.HELP: "help requested", Moment.UPDATE: "update sent"}


def moment_occurred(moment: str) -> str:
    """Return a moment as it reads before `before the page`: `acknowledged`, `IC announced`."""
    return next((phrase for known, phrase in _OCCURRED.items() if known == moment), moment)


HUMAN_MOMENTS = frozenset(moment for moment, info in MOMENTS.items() if info.human)
