"""The sections of what happened: summary, hypothesis and timeline, in both forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.errors import Exit
from gameday.events import (
    ActionFinished,
    ActionStarted,
    Event,
    FaultConfirmed,
    FaultEnded,
    ImpactDetected,
    SignalKinds,
    first_of,
    kept_text,
    of_type,
    read_plan,
)
from gameday.model import SignalKind
from gameday.review.document import Block, Para, Picture, Prompt, Section, Table, bullets, code, plain, strong
from gameday.review.event_text import reference_name
from gameday.review.sections.fault_sentences import fault_sentence
from gameday.review.sections.line_items import list_debrief_lines, list_predictions, steady_state_clause
from gameday.review.sections.service_sentences import no_impact_sentence, service_sentence
from gameday.review.timeline import ROWS, timeline_rows
from gameday.scorecards import scorecard_text
from gameday.scorecards.fault_outcomes import FaultOutcome
from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.signal_summary import SignalSummary
from gameday.units import format_duration, format_measured, format_value

PICTURE = Picture("The drill on one time axis: the system, what could be seen, what the team did and thought")
_HELD = {
    "held": "The hypothesis held.", "not held": "The hypothesis did not hold.",
    "unknown": "It is unknown whether the hypothesis holds.",
}  # fmt: skip


def summary(events: Sequence[Event], card: Scorecard) -> Section:
    """Return the summary of the light form. Never empty: a drill that did nothing says so."""
    blocks = (*_summary_blocks(events, card), *_hypothesis_blocks(card), *_debrief_summary(events), PICTURE)
    return Section("summary", "Summary", blocks)


def full_summary(events: Sequence[Event], card: Scorecard) -> Section:
    """Return a draft of two or three sentences, to be rewritten for a reader."""
    question = "What would a reader from another team need to know, in two or three sentences?"
    blocks = (*_summary_blocks(events, card), *_debrief_summary(events), Prompt(question))
    return Section("summary", "Summary", blocks)


def _debrief_summary(events: Sequence[Event]) -> tuple[Block, ...]:
    return bullets(*list_debrief_lines(events, "summary"))


def hypothesis(events: Sequence[Event], card: Scorecard) -> Section:
    """Return what the scenario and the people expected before the fault, and the result."""
    blocks = (*_hypothesis_blocks(card), *bullets(*list_predictions(events)))
    return Section("hypothesis", "Hypothesis", (*blocks, Prompt("What turned out differently from what we expected?")))


def timeline(events: Sequence[Event], card: Scorecard) -> Section:
    return Section("timeline", "Timeline", (_timeline_table(events, card, ROWS),))


def full_timeline(events: Sequence[Event], card: Scorecard) -> Section:
    """Return every row, each with its source; it begins before the fault, against hindsight."""
    prompts = (
        Prompt("What are the dozen rows that tell the story? Put a star before each."),
        Prompt("What else happened that the log did not record, and how did it look from elsewhere?"),
    )
    return Section("timeline", "Timeline", (_timeline_table(events, card, None), *prompts))


def _summary_blocks(events: Sequence[Event], card: Scorecard) -> tuple[Block, ...]:
    text = Para(" ".join(filter(None, _summary_sentences(events, card))))
    if card.mode != "rehearsal":
        return (text,)
    script = "A script played the responders, so its response times say nothing about a team."
    mode = plain(scorecard_text.format_mode(card))
    return (text, Para(f"This was a {mode}. {script}{_untried_mitigations(events, card)}"))


def _hypothesis_blocks(card: Scorecard) -> tuple[Block, ...]:
    head = f"{strong(_HELD[card.held])} {plain(card.hypothesis)}" if card.hypothesis else ""
    label = "The drill did not pass:" if card.held == "held" else "Reason:"
    reasons = f" {label} {plain('; '.join(card.reasons))}." if card.reasons else ""
    text = f"{head}{reasons}".strip()
    return (*((Para(text),) if text else ()), *_expectations_table(card))


def _expectations_table(card: Scorecard) -> tuple[Block, ...]:
    rows = tuple(
        (
            plain(line.expected),
            plain(line.finding + scorecard_text.format_missing_readings(line)) or "-",
            str(line.n) if line.n else "-",
            line.verdict,
        )
        for line in card.expectations
    )
    return (Table(("Expected while the fault was active", "Measured", "n", "Verdict"), rows),) if rows else ()


def _untried_mitigations(events: Sequence[Event], card: Scorecard) -> str:
    first_mitigation = (card.mitigation,) if card.mitigation else ()
    mitigations: list[str] = list(dict.fromkeys([*first_mitigation, *read_plan(events).mitigations]))
    started = {event.body.action for event in of_type(events, ActionStarted, ActionFinished)}
    used_mitigations = [code(name) for name in mitigations if name in started]
    unused_mitigations = [code(name) for name in mitigations if name not in started]
    lines = (f"Mitigations tried: {', '.join(used_mitigations)}." if used_mitigations else "",
             f"Mitigations not tried: {', '.join(unused_mitigations)}." if unused_mitigations else "")  # fmt: skip
    return "".join(f" {line}" for line in lines if line)


def _summary_sentences(events: Sequence[Event], card: Scorecard) -> Iterator[str]:
    yield fault_sentence(events)
    yield _impact_sentence(events, card)
    yield service_sentence(events, card)
    yield _revert_sentence(events, card)


def _impact_sentence(events: Sequence[Event], card: Scorecard) -> str:
    event = first_of(events, ImpactDetected)
    if event is None:
        return no_impact_sentence(card)
    name, kinds = event.body.signal, signal_kinds_of_card(card)
    signal = next((signal for signal in card.signals if signal.signal == name), None)
    against = f", baseline {scorecard_text.format_baseline(signal)}" if signal and signal.baseline is not None else ""
    measured = format_measured(event.body.value, kinds.get(name, ""), is_lower_bound=event.body.lower_bound)
    value = f"{measured} (n={event.body.n})"
    fault = first_of(events, FaultConfirmed)
    effect = "users were affected" if event.body.affects_users(kinds) else "steady state was left"
    when = f"{format_duration(event.happened - fault.happened)} later {effect}" if fault else effect.capitalize()
    worst = _worst_reading(event.body, signal) if signal else ""
    others = "" if event.body.affects_users(kinds) else _user_signals_sentence(events, card)
    return f"{when}: {code(name)} was {value}{against}.{worst}{others}"


def _worst_reading(impact: ImpactDetected, signal: SignalSummary) -> str:
    """Return a sentence about the reading farthest from the baseline; of a ratio the expectations tell it."""
    if impact.lower_bound or signal.highest is None:  # the highest value is that of a request that timed out
        return ""
    readings = scorecard_text.format_reading_count(signal)
    if signal.kind == SignalKind.DURATION or (signal.kind == SignalKind.COUNT and _has_risen(impact, signal)):
        return f" It peaked at {format_value(signal.highest, signal.kind)} ({readings})."
    if signal.kind == SignalKind.COUNT and signal.baseline is not None:
        return f" It fell to {format_value(signal.lowest, signal.kind)} ({readings})."
    return ""


def _has_risen(impact: ImpactDetected, signal: SignalSummary) -> bool:
    return signal.baseline is not None and impact.value is not None and impact.value > signal.baseline


def _user_signals_sentence(events: Sequence[Event], card: Scorecard) -> str:
    """Return what the signals of steady state showed that users notice, beside a count that left it."""
    steady_state = read_plan(events).steady_state
    noticed = [s for s in card.signals if s.signal in steady_state and s.kind != SignalKind.COUNT and s.readings]
    values = [
        f"{code(s.signal)} was {scorecard_text.format_value_range(s)} ({scorecard_text.format_reading_count(s)})"
        for s in noticed
    ]
    return f" Meanwhile {', '.join(values)}." if values else ""


def _revert_sentence(events: Sequence[Event], card: Scorecard) -> str:
    if not card.faults:
        return ""
    if card.ended is None:
        return "No end of the drill is recorded."
    fault = card.faults[0]
    if fault.active is None or card.exit is Exit.DIRTY:
        return f"{strong('Not everything could be reverted')}: see Action items."
    name = f"The fault {code(fault.id)}" if len(card.faults) > 1 else "The fault"
    times = f" in {fault.times} periods" if fault.times > 1 else ""
    return f"{name} was active for {format_duration(fault.active)}{times}{_fault_end(events, card, fault)}."


def _fault_end(events: Sequence[Event], card: Scorecard, fault: FaultOutcome) -> str:
    """Return what ended the fault, and nothing else."""
    steady_state = f", and {steady_state_clause(card)}"
    if fault.lapsed:
        return f" and then lapsed{steady_state}"
    if fault.ended_by:
        return f", until it was ended by {plain(fault.ended_by)}{steady_state}"
    if fault.kept:
        return f", then {plain(kept_text([fault.kept]))}{steady_state}"
    if any(event.body.fault == fault.id for event in of_type(events, FaultEnded)):
        return f", then ended as planned{steady_state}"
    if card.loss_reason:
        return f", and its removal was not verified: {plain(card.loss_reason)}"
    if card.closed_manually:
        return f", then closed manually without verification{steady_state}"
    duration = card.response_time("revert").seconds
    verified = f" in {format_duration(duration)}" if duration is not None else ""
    return f", then reverted and verified{verified}{steady_state}"


def _timeline_table(events: Sequence[Event], card: Scorecard, limit: int | None) -> Table:
    rows = timeline_rows(events, signal_kinds_of_card(card), limit)
    more = "" if limit is None else f"A full review ({code('--full')}) has every row. "
    log = f"{more}All events: {code(f'gameday log {card.drill}')}."
    return Table(
        ("Time", "Offset", "Event", "Source"),
        tuple((row.clock, row.offset, row.event, row.source) for row in rows),
        f"Times are UTC; offsets count from the {reference_name(events)}. {log}",
    )


def signal_kinds_of_card(card: Scorecard) -> SignalKinds:
    return {signal.signal: signal.kind for signal in card.signals}
