"""The scorecard: what a drill's events and readings say, with sample sizes and without people. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gameday.errors import Exit
from gameday.events import (
    AlertFired,
    AllReverted,
    CleanupRecorded,
    CleanupResult,
    Ended,
    Event,
    FaultConfirmed,
    ForeignChangeKept,
    Paged,
    Planned,
    RevertAbandoned,
    SteadyStateChecked,
    first_of,
    has_any,
    last_of,
    mitigating_actions,
    of_type,
    outside_changes,
    read_plan,
    reference_time,
    without_retracted,
)
from gameday.model import Comparison, Reading, SignalKind
from gameday.scorecards.counted_judgements import deciding_evaluations
from gameday.scorecards.difficulty import Difficulty, measure_difficulty
from gameday.scorecards.evaluations import Evaluation, collect_evaluations
from gameday.scorecards.fault_outcomes import FaultOutcome, collect_fault_outcomes
from gameday.scorecards.objectives import ObjectiveResult, evaluate_objectives
from gameday.scorecards.response_times import measure_response_times
from gameday.scorecards.signal_summary import SignalSummary, summarize_signals
from gameday.scorecards.time_measurement import ResponseTime
from gameday.scorecards.verdict import Held, decide_verdict
from gameday.units import format_duration

REVIEW_OBJECTIVE = "review"
"""The name in a charter of the time within which a review is completed."""
REVIEW_WITHIN_S = 48 * 3600.0
"""A review is due after two days, while the drill is remembered."""

_CLEANUP_TEXT: dict[CleanupResult, str] = {
    "restored": "restored", "owed": "to be restored", "no-undo": "no command restores it",
    "closed": "closed manually",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FiredAlert:
    """One alert of the environment's own. `after`: seconds from `since`, negative before it.

    `since`: the fault; where none was confirmed active, the start of the drill.
    """

    signal: str
    expected: bool
    after: float
    since: Literal["fault", "start of the drill"] = "fault"


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A drill in figures. Times are in seconds; `began`, `ended` and `review_due` in seconds since 1970.

    No field can hold a person: what people said stays in the log.
    """

    drill: str
    scenario: str
    type: str
    environment: str
    mode: str
    informed: bool
    pace: float
    windows: tuple[str, ...]
    began: float
    ended: float | None
    review_due: float
    """Within the time of the team's charter, where it has one."""
    exit: Exit
    hypothesis: str
    held: Held
    reasons: tuple[str, ...]
    expectations: tuple[Evaluation, ...]
    clues: tuple[Evaluation, ...]
    alerts: tuple[FiredAlert, ...]
    silent_alerts: tuple[str, ...]
    program_paged: bool
    faults: tuple[FaultOutcome, ...]
    mitigation: str
    """The mitigation that a rehearsal tried, else the action that restored service."""
    restored_by: str
    """The last action that began before service was restored; empty if none did, or if service was not restored."""
    difficulty: Difficulty
    objectives: tuple[ObjectiveResult, ...]
    response_times: tuple[ResponseTime, ...]
    signals: tuple[SignalSummary, ...]
    cleanups: tuple[str, ...]
    steady_state_holds: bool | None
    """Result of the check after the drill. None: nothing had been touched, or the drill ended without a check."""
    loss_reason: str
    """The reason why faults ended with the objects that held them; empty if each revert was verified."""
    kept: tuple[str, ...]
    """For each fault that was left unchanged: the reason."""
    outside_changes: tuple[str, ...]
    """What somebody outside the drill changed on its targets while a fault was present, each with its times."""
    closed_manually: tuple[str, ...]
    """The markers of faults that a person closed manually, without verification."""
    steady_state_signals: tuple[str, ...]
    has_alerts: bool = True
    """False if the environment defines no alert."""

    def response_time(self, name: str) -> ResponseTime:
        """Return the time of this name; raises KeyError for an unknown one."""
        return {time.name: time for time in self.response_times}[name]


def build_scorecard(events: Sequence[Event], readings: Sequence[Reading]) -> Scorecard:
    """Fold a drill's events and readings into its scorecard; retracted records do not count."""
    events = without_retracted(events)
    plan, outcome, end = read_plan(events), decide_verdict(events), first_of(events, Ended)
    began = events[0].wall if events else 0.0
    return Scorecard(
        drill=events[0].drill if events else "", scenario=plan.scenario, type=plan.type,
        environment=plan.environment, mode=plan.mode, informed=plan.informed, pace=plan.pace,
        windows=_windows(plan), began=began, ended=end.wall if end else None,
        review_due=review_due_time(plan, end.wall if end else began),
        exit=outcome.exit, hypothesis=plan.hypothesis, held=outcome.hypothesis, reasons=outcome.reasons,
        expectations=collect_evaluations(events, "expectation", plan.expectations),
        clues=collect_evaluations(events, "clue", plan.clues),
        alerts=_alerts(events), silent_alerts=_silent_alerts(events, plan), program_paged=_program_paged(events),
        faults=collect_fault_outcomes(events), mitigation=plan.mitigation or _restored_by(events, plan),
        restored_by=_restored_by(events, plan), difficulty=measure_difficulty(events),
        objectives=evaluate_objectives(events), response_times=measure_response_times(events, readings),
        signals=summarize_signals(events, readings),
        cleanups=_cleanups(events),
        steady_state_holds=_steady_state_holds(events), loss_reason=_loss_reason(events),
        kept=tuple(event.body.reason for event in of_type(events, ForeignChangeKept)),
        outside_changes=tuple(change.summary for change in outside_changes(events)),
        closed_manually=tuple(event.body.marker for event in of_type(events, RevertAbandoned)),
        steady_state_signals=plan.steady_state,
        has_alerts=not plan.signals or SignalKind.ALERT in plan.signals.values(),
    )  # fmt: skip


def review_due_time(plan: Planned, ended: float) -> float:
    """Return by when a drill that ended then is to be reviewed: within the time of the team's charter, if it has one.

    Both are in seconds since 1970."""
    return ended + plan.charter.get(REVIEW_OBJECTIVE, REVIEW_WITHIN_S)


def _cleanups(events: Sequence[Event]) -> tuple[str, ...]:
    """Return what became of each change, as it was recorded last."""
    last = {event.body.item: event.body for event in of_type(events, CleanupRecorded)}
    return tuple(
        f"{item}: {_CLEANUP_TEXT[body.result]}{f' by hand: {body.by_hand}' if body.by_hand else ''}"
        for item, body in last.items()
    )


def _loss_reason(events: Sequence[Event]) -> str:
    event = last_of(events, AllReverted)
    return event.body.reason if event else ""


def _steady_state_holds(events: Sequence[Event]) -> bool | None:
    after = [event.body.holds for event in of_type(events, SteadyStateChecked) if event.body.when == "after"]
    return after[-1] if after else None


def _windows(plan: Planned) -> tuple[str, ...]:
    """Return the times that a rehearsal shortened: its figures are never compared with those of people."""
    if not plan.is_rehearsal:
        return ()
    times = [
        f"{each.moment} within {format_duration(each.within)} of {each.of}" for each in plan.objectives if each.within
    ]
    times += [f"timebox {format_duration(plan.timebox)}"] if plan.timebox else []
    return (*times, *(f"mitigated: {expectation.text}" for expectation in plan.mitigated_when))


def _alerts(events: Sequence[Event]) -> tuple[FiredAlert, ...]:
    start = reference_time(events)
    since: Literal["fault", "start of the drill"] = "fault" if has_any(events, FaultConfirmed) else "start of the drill"
    return tuple(
        FiredAlert(event.body.signal, event.body.expected, event.happened - start, since)
        for event in of_type(events, AlertFired)
    )


def _silent_alerts(events: Sequence[Event], plan: Planned) -> tuple[str, ...]:
    """Return expected alerts that did not fire in their time: judged so, or silent until the program paged.

    A drill that ended before their time says nothing about them.
    """
    fired = {event.body.signal for event in of_type(events, AlertFired)}
    deciding = deciding_evaluations(events, "expectation", plan.expectations)
    paged = _program_paged(events)
    expected = [
        line.signal
        for line, body in zip(plan.expectations, deciding, strict=False)
        if line.test == Comparison.FIRES and (paged or (body and body.verdict == "unmet"))
    ]
    pages = [plan.paging_alert] if paged and plan.paging_alert else []
    return tuple(signal for signal in dict.fromkeys([*expected, *pages]) if signal not in fired)


def _program_paged(events: Sequence[Event]) -> bool:
    return any(event.body.by_program for event in of_type(events, Paged))


def _restored_by(events: Sequence[Event], plan: Planned) -> str:
    """Return the mitigation that was tried, if it began in time; else the last action that did."""
    actions = mitigating_actions(events)
    return plan.mitigation if plan.mitigation in actions else actions[-1] if actions else ""
