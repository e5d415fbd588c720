"""Sentences for the figures of a scorecard, the same in the terminal and in the review; each with its n."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from gameday.errors import Exit
from gameday.events import kept_text
from gameday.model import HintLevel
from gameday.moments import moment_phrase
from gameday.scorecards.evaluations import Evaluation
from gameday.scorecards.fault_outcomes import FaultOutcome
from gameday.scorecards.measurement_cuts import DRILL_ENDINGS, OUTLIVED
from gameday.scorecards.objectives import BEFORE, LONGEST_GAP, ObjectiveResult
from gameday.scorecards.scorecard import FiredAlert, Scorecard
from gameday.scorecards.signal_summary import SignalSummary
from gameday.scorecards.time_measurement import ResponseTime
from gameday.units import format_duration, format_measured, format_missing, format_value

SteadyStateOutcome = Literal["not checked", "holds", "does not hold", "restored", "not restored"]

_ENDINGS = {
    Exit.HELD: "ended, {faults}",
    Exit.NOT_HELD: "ended, {faults}",
    Exit.HALTED: "halted, {faults}",
    Exit.DIRTY: "DIRTY: {left}; run `gameday halt`",
    Exit.FAILED: "the program itself failed; {faults}",
    Exit.REFUSED: "refused before anything was touched",
}


def format_steady_state(card: Scorecard) -> str:
    """Format `steady state restored`."""
    return f"steady state {steady_state_outcome(card)}"


def steady_state_outcome(card: Scorecard) -> SteadyStateOutcome:
    """Return how steady state was after the drill; only what an impact showed to be lost is restored."""
    if card.steady_state_holds is None:
        return "not checked"
    if card.response_time("impact").seconds is None:
        return "holds" if card.steady_state_holds else "does not hold"
    return "restored" if card.steady_state_holds else "not restored"


def format_response_time(time: ResponseTime) -> str:
    """Format `42 s`, `≥ 31 min (ended by the timebox)`, `9 s (not counting 2 s of pause or STOP)`, `not recorded`."""
    if time.seconds is None:
        return "not recorded" if time.state == "not recorded" else time.reason
    scripted = "scripted" if time.scripted and not time.censored else ""
    limits = "; ".join(filter(None, (time.reason if time.censored else scripted, format_pause(time.paused))))
    return ("≥ " if time.censored else "") + format_duration(time.seconds) + (f" ({limits})" if limits else "")


def format_pause(seconds: float) -> str:
    """Format `not counting 2 s of pause or STOP`; empty without either."""
    return f"not counting {format_duration(seconds)} of pause or STOP" if round(seconds, 3) else ""


def format_service_restored(card: Scorecard) -> str:
    """Format `after 42 s, mitigated by cache-on` or `not before the drill ended: ≥ 7 s (ended by STOP)`.

    A lower bound otherwise: `at least 34 s after impact; measured until the fault was adjusted`.
    """
    time = card.response_time("mitigate")
    if time.seconds is None:
        return time.reason + format_no_impact_reason(card)
    if time.censored and time.reason in DRILL_ENDINGS:
        return f"not before the drill ended: {format_response_time(time)}"
    mitigated = f"mitigated by {card.restored_by}" if card.restored_by and is_mitigation_known(time) else ""
    if time.censored:
        bound = f"at least {format_duration(time.seconds)} after impact"
        return "; ".join(filter(None, (bound, time.reason, format_pause(time.paused), mitigated)))
    return ", ".join(filter(None, (f"after {format_response_time(time)}", mitigated)))


def is_mitigation_known(time: ResponseTime) -> bool:
    """Return True if the action before the restored service may be named: no other cause came between them."""
    return not time.censored or time.reason in OUTLIVED


def format_no_impact_reason(card: Scorecard) -> str:
    """Format the rule of an impact in brackets, if a fault had none: it rests on two readings in a row."""
    if not card.faults or card.response_time("impact").state != "did not happen":
        return ""
    return f" (no two consecutive readings{format_steady_state_signals(card)} left steady state)"


def format_steady_state_signals(card: Scorecard) -> str:
    """Format ` of journey-p95, journey-success`: other signals may have left their limits."""
    return f" of {', '.join(card.steady_state_signals)}" if card.steady_state_signals else ""


def format_objective(result: ObjectiveResult) -> str:
    """Format `ic-announced within 3 min of declared: met after 31 s`."""
    within = f" within {format_duration(result.within)}" if result.within is not None else ""
    return f"{result.moment}{within} of {result.of}: {_objective_state(result)}"


def _objective_state(result: ObjectiveResult) -> str:
    if result.state == "not recorded":
        return result.state + ("" if result.reason.startswith(result.moment) else f" ({result.reason})")
    if result.reason == BEFORE:
        return f"{result.state} before {moment_phrase(result.of)}{', scripted' if result.scripted else ''}"
    if result.seconds is None:
        return f"{result.state} ({result.reason})"
    scripted = ", scripted" if result.scripted else ""
    reason = "" if result.reason == LONGEST_GAP else result.reason
    limits = "; ".join(filter(None, (reason, format_pause(result.paused))))
    after = f", {LONGEST_GAP} " if result.reason == LONGEST_GAP else " after "
    return f"{result.state}{after}{format_duration(result.seconds)}{scripted}" + (f" ({limits})" if limits else "")


def format_evaluation(line: Evaluation) -> str:
    """Format `journey-success at least 97%: met, journey-success is 99.1% (n=214)`."""
    count = format_counts(line)
    finding = f", {line.finding}" if line.finding and line.finding != line.expected else ""
    meaning = f": {line.meaning}" if line.meaning and line.verdict == "met" else ""
    return f"{line.expected}: {line.verdict}{finding}{count}{meaning}"


def format_counts(line: Evaluation) -> str:
    """Format ` (n=214; 3 of 40 readings are missing)`; empty if there is nothing to count."""
    counts = f"n={line.n}" * (line.n > 0) + format_missing_readings(line)
    return f" ({counts.removeprefix('; ')})" if counts else ""


def format_missing_readings(line: Evaluation) -> str:
    """Format `; 3 of 40 readings are missing`; empty if none is."""
    return f"; {format_missing(line.missing, line.readings)}" if line.missing else ""


def format_hypothesis(card: Scorecard) -> str:
    """Format `held`, or `unknown: ` and the reasons against a pass."""
    against = "; not a pass: " if card.held == "held" else ": "
    return card.held + (f"{against}{'; '.join(card.reasons)}" if card.reasons else "")


def format_fault(outcome: FaultOutcome, kind: str) -> str:
    """Format the fault, how long it was active, its effect, and what ended it. `kind`: of the effect's signal."""
    times = f" in {outcome.times} periods" if outcome.times > 1 else ""
    active = f", active for {format_duration(outcome.active)}{times}" if outcome.active is not None else ""
    adjusted = {0: "", 1: ", adjusted once"}.get(outcome.adjusted, f", adjusted {outcome.adjusted} times")
    measured = format_measured(outcome.value, kind, is_lower_bound=outcome.lower_bound)
    value = f"{outcome.signal} at {measured} (n={outcome.n})"
    effect = {
        "seen": f"; its effect was seen: {value}",
        "not seen": f"; its effect was not seen in {outcome.unseen_in}: {value}"
        if outcome.unseen_in
        else f"; its effect was not seen ({value}), so the hypothesis was not tested",
        "not judged": "; not enough data to judge its effect",
    }.get(outcome.effect, "")
    return f"{outcome.kind} on {outcome.target}{active}{adjusted}{effect}{_end(outcome)}"


def _end(outcome: FaultOutcome) -> str:
    """Format what ended the fault, if it was not the revert."""
    ended_by = f"; ended by {outcome.ended_by}" if outcome.ended_by else ""
    kept = f"; {kept_text([outcome.kept])}" if outcome.kept else ""
    return ended_by + ("; it lapsed" if outcome.lapsed else "") + kept


def format_alert(fired: FiredAlert) -> str:
    """Format `journey-slow fired 2 min 1 s after the fault`."""
    return f"{fired.signal} {format_alert_time(fired)}"


def format_alert_time(fired: FiredAlert) -> str:
    """Format `fired 2 min 1 s after the fault`, and whether the scenario does not name the alert."""
    side = "after" if fired.after >= 0 else "before"
    unexpected = "" if fired.expected else ", unexpectedly"
    return f"fired {format_duration(abs(fired.after))} {side} the {fired.since}{unexpected}"


def format_detected_by(card: Scorecard) -> str:
    """Format all alerts in one line, also those that stayed silent."""
    parts = [format_alert(fired) for fired in card.alerts]
    parts += [f"{signal} stayed silent" for signal in card.silent_alerts]
    parts += ["the program had to page"] if card.program_paged else []
    return "; ".join(parts) or ("no alert fired" if card.has_alerts else "no alert defined")


def format_hints(card: Scorecard) -> str:
    """Format `2 hints given (1 nudge, 1 question)`, and how many were given before the fault."""
    total, before = card.difficulty.hints, card.difficulty.before_fault
    rungs = [f"{count} {rung.value}" for rung in HintLevel if (count := getattr(card.difficulty, rung.value))]
    rungs += [f"{card.difficulty.whispered} passed on by the mentor"] if card.difficulty.whispered else []
    sent = f"{_count_hints(total)} given ({', '.join(rungs)})" if total else "no hints given"
    early = f"{_count_hints(before)} given before the fault"
    return sent if not before else f"{sent}, {early}" if total else early


def _count_hints(count: int) -> str:
    return f"{count} hint{'s' if count > 1 else ''}"


def format_mode(card: Scorecard) -> str:
    """Format `facilitated`, `solo, informed` or `rehearsal without people, at 10x pace`."""
    if card.mode != "rehearsal":
        return f"{card.mode}, informed" if card.informed else card.mode
    return "rehearsal without people" + (f", at {card.pace:g}x pace" if card.pace != 1 else "")


def format_baseline(signal: SignalSummary) -> str:
    """Format `43 ms (n=61)`; a dash without a baseline."""
    return f"{format_value(signal.baseline, signal.kind)} (n={signal.baseline_n})" if signal.baseline_n else "-"


def format_value_range(signal: SignalSummary) -> str:
    """Format `44 ms to 2 s`, the lowest and highest readings."""
    low, high = format_value(signal.lowest, signal.kind), format_value(signal.highest, signal.kind)
    return low if low == high else f"{low} to {high}"


def format_reading_count(signal: SignalSummary) -> str:
    """Format `n=54 readings, 1 failed`."""
    return f"n={signal.readings} readings" + (f", {signal.failed} failed" if signal.failed else "")


def format_ending(card: Scorecard) -> str:
    """Format how the drill ended, and what became of its faults."""
    if card.ended is None and card.exit in (Exit.FAILED, Exit.DIRTY):
        return "no end recorded: the drill is still running, or its faults are still being reverted"
    left = card.reasons[0] if card.reasons else "a fault may still be active"
    return _ENDINGS[card.exit].format(faults=_removal(card), left=left)


def _removal(card: Scorecard) -> str:
    """Format what became of the faults of a clean drill; only what was reverted is called reverted."""
    if card.closed_manually:
        return f"closed manually and not verified: {', '.join(card.closed_manually)}"
    if card.kept:
        return f"no fault active; {kept_text(card.kept)}"
    if card.loss_reason:
        return f"no fault active, not verified: {card.loss_reason}"
    if not card.faults:
        return "no fault was confirmed active"
    ended_first = any(fault.lapsed or fault.ended_by for fault in card.faults)
    return "no fault active, verified" if ended_first else "all faults reverted and verified"


def format_review_due(card: Scorecard) -> str:
    """Format `2026-03-06 14:21 UTC`, by when the review is to be completed."""
    return f"{datetime.fromtimestamp(card.review_due, UTC):%Y-%m-%d %H:%M} UTC"
