"""Single lines of a review, each from events or from the scorecard."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import DebriefLine, Event, GuardrailWarned, Note, Prediction, SignalUnreadable, of_type, read_plan
from gameday.moments import HUMAN_MOMENTS, Moment
from gameday.review.document import code, plain, quoted, render_text
from gameday.review.event_text import format_clock
from gameday.scorecards import scorecard_text
from gameday.scorecards.evaluations import Evaluation
from gameday.scorecards.objectives import BEFORE, LONGEST_GAP, ObjectiveResult
from gameday.scorecards.scorecard import FiredAlert, Scorecard
from gameday.units import format_duration, format_role

_MOMENTS: dict[str, tuple[str, str]] = {
    Moment.START: ("The drill started", "start of the drill"),
    Moment.FAULT: ("The fault became active", "fault"),
    Moment.IMPACT: ("Users were affected", "impact"),
    Moment.ALERT: ("The alert fired", "alert"),
    Moment.PAGED: ("The responders were paged", "page"),
    Moment.ACKNOWLEDGED: ("A responder acknowledged", "acknowledgement"),
    Moment.DECLARED: ("The incident was declared", "declaration"),
    Moment.IC_ANNOUNCED: ("The IC was announced", "announcement of the IC"),
    Moment.ASSEMBLED: ("Everyone required was present", "complete team"),
    Moment.UPDATE: ("The first status update was posted", "status update"),
    Moment.THEORY: ("The team stated a theory", "theory"),
    Moment.HELP: ("Help was requested", "request for help"),
    Moment.HANDOVER: ("A role was handed over", "handover"),
    Moment.SEVERITY: ("The severity was stated", "severity"),
    Moment.MITIGATED: ("Service was restored", "restored service"),
    Moment.RECOVERED: ("Steady state was restored", "recovery"),
    Moment.FAULT_END: ("The fault ended as planned", "planned end of the fault"),
    Moment.REVERTED: ("All faults were reverted", "revert"),
    Moment.END: ("The drill ended", "end of the drill"),
}
"""A sentence and a noun for each moment."""
_LOWER_BOUNDS = {"detect": "Time to detect", "mitigate": "Time to mitigate", "recover": "Time to recover"}
_STEADY_STATE: dict[scorecard_text.SteadyStateOutcome, str] = {
    "not checked": "was not checked", "holds": "held after the drill", "does not hold": "did not hold after the drill",
    "restored": "was restored", "not restored": "was not restored",
}  # fmt: skip
_DEBRIEF_PARTS = {
    "summar": "summary", "went well": "well", "difficult": "difficult", "opportunit": "difficult", "act": "actions",
    "point": "actions", "todo": "actions", "next": "actions",
}  # fmt: skip
"""The section that a heading of the debrief belongs to, by a word in it; else what was learned."""


def format_alert(fired: FiredAlert) -> str:
    return f"Alert {code(fired.signal)} {scorecard_text.format_alert_time(fired)}."


def format_clue(clue: Evaluation) -> str:
    """Return a sentence about what a clue showed, with n."""
    visible = {"met": "Clue visible", "unmet": "Clue not visible"}.get(clue.verdict, "Not enough data for a clue")
    meaning = f", so {plain(clue.meaning)}" if clue.meaning and clue.verdict == "met" else ""
    count = scorecard_text.format_counts(clue)
    return f"{visible}: {plain(clue.finding or clue.expected)}{count}{meaning}."


def list_unreadable_signals(events: Sequence[Event]) -> list[str]:
    return [
        f"{code(event.body.signal or 'a signal')} could not be read"
        + (f": {plain(event.body.text)}." if event.body.text else ".")
        for event in of_type(events, SignalUnreadable)
    ]


def format_objective(result: ObjectiveResult) -> str:
    """Format `The IC was announced 31 s after the declaration (objective: 3 min).`; empty if not recorded."""
    sentence, noun = _moment(result.moment)
    if result.reason == BEFORE:
        return f"{sentence} before the {_moment(result.of)[1]}."
    if result.seconds is None:
        return f"A person reported that there was no {noun}." if result.state == "absent" else ""
    duration = format_duration(result.seconds)
    objective = f"objective: {format_duration(result.within)}" if result.within is not None else ""
    limits = "; ".join(filter(None, (objective, scorecard_text.format_pause(result.paused))))
    within = f" ({limits})" if limits else ""
    if result.reason == LONGEST_GAP:
        return f"The longest time without a {noun} was {duration}{within}."
    return f"{sentence} {duration} after the {_moment(result.of)[1]}{within}."


def _moment(name: str) -> tuple[str, str]:
    return _MOMENTS.get(name, (f"{code(name)} happened", code(name)))


def list_missed_objectives(card: Scorecard) -> list[str]:
    return [
        format_objective(result)
        for result in card.objectives
        if result.state in ("late", "absent") and not result.scripted
    ]


def list_unrecorded_moments(card: Scorecard) -> str:
    """Name the human moments of objectives that the log does not have: people talk aloud, so it is incomplete."""
    missing = (moment for result in card.objectives if result.state == "not recorded" for moment in result.missing)
    nouns = dict.fromkeys(_moment(moment)[1] for moment in missing if moment in HUMAN_MOMENTS)
    return f"Not recorded, which does not mean missed: {', '.join(nouns)}." if nouns else ""


def list_unmet_expectations(card: Scorecard) -> list[str]:
    """Return the expectations that did not hold, or for which there is not enough data."""
    return [_unmet_line(line) for line in card.expectations if line.verdict != "met" and card.faults]


def _unmet_line(line: Evaluation) -> str:
    prefix = "Did not hold" if line.verdict == "unmet" else "Not enough data to evaluate"
    finding = f"; {plain(line.finding)}{scorecard_text.format_counts(line)}" if line.finding else ""
    return f"{prefix}: {plain(line.expected)}{finding}."


def steady_state_clause(card: Scorecard) -> str:
    """Return a clause about steady state after the drill, for a sentence in the past tense."""
    return f"steady state {_STEADY_STATE[scorecard_text.steady_state_outcome(card)]}"


def list_lower_bounds(card: Scorecard) -> list[str]:
    """Return the times of which only a lower bound is known."""
    return [
        f"{_LOWER_BOUNDS[time.name]}: {scorecard_text.format_response_time(time)}."
        for time in card.response_times
        if time.censored and time.name in _LOWER_BOUNDS
    ]


def list_near_guardrails(events: Sequence[Event]) -> list[str]:
    kinds = read_plan(events).signals
    return [f"{render_text(event.body.review_text(kinds))}." for event in of_type(events, GuardrailWarned)]


def format_hints(card: Scorecard) -> str:
    return f"{scorecard_text.format_hints(card)}." if card.difficulty.hints else ""


def list_predictions(events: Sequence[Event]) -> list[str]:
    return [f"Predicted before the fault: {quoted(event.body.text)}" for event in of_type(events, Prediction)]


def list_debrief_lines(events: Sequence[Event], part: str) -> tuple[str, ...]:
    """Return the lines of the hot debrief that belong to a section, as spoken, with the role of the speaker."""
    lines = [event for event in of_type(events, DebriefLine) if _debrief_part(event.body.heading) == part]
    return tuple(f"{quoted(line.body.text)} (hot debrief{_by_role(line)})" for line in lines if line.body.text)


def _by_role(event: Event) -> str:
    return f", {format_role(event.role)}" if event.role else ""


def _debrief_part(heading: str) -> str:
    return next((part for word, part in _DEBRIEF_PARTS.items() if word in heading.casefold()), "learned")


def find_notes(events: Sequence[Event], prefix: str) -> tuple[str, ...]:
    """Return the notes that start with a word, such as `todo`."""
    notes = [event for event in of_type(events, Note) if event.body.text.casefold().startswith(prefix)]
    return tuple(f"{quoted(event.body.text)} (note, {format_clock(event)})" for event in notes)
