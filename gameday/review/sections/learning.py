"""The sections of what is to be learned: detection, what went well, difficulties, factors, lessons, action items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.errors import Exit
from gameday.events import (
    CleanupRecorded,
    CleanupResult,
    Decision,
    EarlierItemsEvaluated,
    Evaluated,
    Event,
    FaultEnded,
    HelpRequested,
    SteadyStateChecked,
    first_of,
    first_time_of_kind,
    has_any,
    of_type,
    read_plan,
    reference_time,
)
from gameday.model import Comparison, Source
from gameday.review.action_items import FORM
from gameday.review.document import Prompt, Section, bullets, code, plain, quoted, strong
from gameday.review.event_text import format_clock, reference_name
from gameday.review.sections.line_items import (
    format_alert,
    format_clue,
    format_hints,
    format_objective,
    list_debrief_lines,
    list_lower_bounds,
    list_missed_objectives,
    list_near_guardrails,
    list_predictions,
    list_unmet_expectations,
    list_unreadable_signals,
    list_unrecorded_moments,
)
from gameday.review.sections.service_sentences import restored_later_sentence, service_sentence
from gameday.scorecards import scorecard_text
from gameday.scorecards.objectives import ObjectiveResult
from gameday.scorecards.scorecard import Scorecard
from gameday.store.outstanding import outstanding_markers
from gameday.units import format_duration

MAX_LESSON_BLANKS = 2
"""Questions of the light review that become blanks of its section of lessons."""


def detection(events: Sequence[Event], card: Scorecard) -> Section:
    """Return alerts, the page and clues: what could be seen, and what stayed silent."""
    fired = [format_alert(alert) for alert in card.alerts]
    silent = [f"Alert {code(signal)} was expected to fire, and did not." for signal in card.silent_alerts]
    none = "" if card.alerts or card.silent_alerts or not card.faults else _no_alert(card)
    paged = _program_page(card)
    clues = [format_clue(clue) for clue in card.clues if clue.verdict != "not judged"]
    blocks = bullets(*fired, *silent, none, paged, *clues, *list_unreadable_signals(events))
    prompts = (Prompt("What was looked at first, and what did it show?"),) if blocks and _with_people(card) else ()
    return Section("detection", "Detection", (*blocks, *prompts))


def _no_alert(card: Scorecard) -> str:
    return "No alert fired." if card.has_alerts else "The environment defines no alert."


def _program_page(card: Scorecard) -> str:
    if not card.program_paged:
        return ""
    bound = ": time to detect is a lower bound" if card.response_time("detect").censored else ""
    return f"gameday paged the responders{bound}."


def _with_people(card: Scorecard) -> bool:
    return bool(card.faults) and card.mode != "rehearsal"


def went_well(events: Sequence[Event], card: Scorecard) -> Section:
    """Return only what is known to have gone well; a script's times are no merit."""
    start = reference_time(events)
    helped = [
        f"Help was requested {format_duration(event.happened - start)} after the {reference_name(events)}."
        for event in of_type(events, HelpRequested)
        if event.source is Source.HUMAN and event.happened >= start
    ]
    reached = [format_objective(result) for result in card.objectives if _was_met(events, result)]
    alerts = [f"Alert {code(signal)} fired, as the hypothesis expected." for signal in _alerts_in_time(events)]
    lines = (
        *list_debrief_lines(events, "well"), "The hypothesis held." if card.held == "held" else "", *alerts,
        _restored(events, card), *reached, *helped, _clean_revert(events, card),
    )  # fmt: skip
    return Section("well", "What went well", bullets(*lines))


def _was_met(events: Sequence[Event], result: ObjectiveResult) -> bool:
    """Return True if people met an objective in their response: what came before the fault is no response to it."""
    at = first_time_of_kind(events, result.moment)
    return result.state == "met" and not result.scripted and at is not None and at >= reference_time(events)


def _alerts_in_time(events: Sequence[Event]) -> tuple[str, ...]:
    """Return the alerts of the hypothesis that fired in their time."""
    met = {event.body.index for event in of_type(events, Evaluated)
           if event.body.part == "expectation" and event.body.verdict == "met"}  # fmt: skip
    lines = enumerate(read_plan(events).expectations)
    return tuple(dict.fromkeys(line.signal for index, line in lines if line.test == Comparison.FIRES and index in met))


def _restored(events: Sequence[Event], card: Scorecard) -> str:
    time = card.response_time("mitigate")
    if time.state == "measured":
        return service_sentence(events, card)
    if time.censored and scorecard_text.is_mitigation_known(time):
        return restored_later_sentence(events, card)
    if time.state != "scripted" or not card.restored_by:
        return ""
    return f"Service was restored after the mitigation {code(card.restored_by)} began."


def _clean_revert(events: Sequence[Event], card: Scorecard) -> str:
    is_clean = card.faults and card.ended is not None and card.exit is not Exit.DIRTY
    if not is_clean or card.loss_reason or card.kept or card.closed_manually:
        return ""
    if any(fault.lapsed or fault.ended_by for fault in card.faults) or has_any(events, FaultEnded):
        return ""
    duration = card.response_time("revert").seconds
    return f"All faults were reverted and verified{f' in {format_duration(duration)}' if duration is not None else ''}."


def difficulties(events: Sequence[Event], card: Scorecard) -> Section:
    """Return what did not go as hoped: conditions, never people."""
    lines = bullets(
        *list_debrief_lines(events, "difficult"),
        *list_unmet_expectations(card),
        *list_missed_objectives(card),
        *list_near_guardrails(events),
        *(f"{plain(change)}." for change in card.outside_changes),
        format_hints(card),
        *list_lower_bounds(card),
        list_unrecorded_moments(card),
    )
    return Section("difficult", "What was difficult", lines)


def contributing_factors(events: Sequence[Event], card: Scorecard) -> Section:
    """Return suggestions from what was measured; the factors are the team's to find, and there are several."""
    prompts = (Prompt("What made this possible, and what made it last?"),) if _with_people(card) else ()
    return Section("factors", "Contributing factors", (*bullets(*_suggestions(events, card)), *prompts))


def _suggestions(events: Sequence[Event], card: Scorecard) -> Iterator[str]:
    prefix = "Investigate:"
    yield from (f"{prefix} alert {code(signal)} did not fire." for signal in card.silent_alerts)
    unexpected = (alert.signal for alert in card.alerts if not alert.expected)
    yield from (f"{prefix} alert {code(signal)} fired, and the scenario does not name it." for signal in unexpected)
    hidden = (format_clue(clue) for clue in card.clues if clue.verdict in ("unmet", "unknown"))
    yield from (f"{prefix} {line[0].lower()}{line[1:]}" for line in hidden)
    yield from (f"{prefix} {line}" for line in list_unreadable_signals(events))
    if card.difficulty.hints:
        yield f"{prefix} what did the hints reveal that dashboards and runbooks did not?"
    yield from (f"{prefix} what made the fault on {code(f.target)} lapse?" for f in card.faults if f.lapsed)


def lessons(events: Sequence[Event], card: Scorecard) -> Section:
    """Return the debrief and the predictions as spoken, then questions that only people can answer."""
    lines = bullets(*list_debrief_lines(events, "learned"), *list_predictions(events))
    own = scenario_questions(events, card)
    decision = _decision_questions(events) if _with_people(card) else ()
    questions = (*own[: MAX_LESSON_BLANKS - len(decision)], *decision)
    return Section("learned", "What we learned", (*lines, *map(Prompt, questions)))


def scenario_questions(events: Sequence[Event], card: Scorecard) -> tuple[str, ...]:
    """Return what this drill in particular leaves to ask: with people, the scenario's own questions."""
    if not card.faults:
        return ("What has to be in place before this can be tried again?",)
    return _rehearsal_questions(events) if card.mode == "rehearsal" else read_plan(events).questions


def _rehearsal_questions(events: Sequence[Event]) -> tuple[str, ...]:
    signals = dict.fromkeys(clue.signal for clue in read_plan(events).clues)
    clues = f"What would lead an on-call engineer to {' and '.join(map(code, signals))}?" if signals else ""
    return tuple(filter(None, (clues, "What differs from what we thought the system would do?")))


def _decision_questions(events: Sequence[Event]) -> tuple[str, ...]:
    """Ask how the last decision made sense, without judging it."""
    decisions = list(of_type(events, Decision))
    if not decisions:
        return ()
    last = decisions[-1]
    return (f"At {format_clock(last)}, {quoted(last.body.text)}: what made that the sensible thing to do?",)


ITEMS_HELP = f"Write one line for each: {code(FORM)}. Or write {code('None, because ...')}."


def action_items(events: Sequence[Event], card: Scorecard) -> Section:
    """Return what needs action at once, what the debrief asked for, and one blank. A team owns an action item."""
    halt = f"run {code('gameday halt')}"
    dirty = [f"{code(marker)} may still be active on its target: {halt}." for marker in outstanding_markers(events)]
    dirty += [
        f"{code(marker)} was closed manually and not verified: is its target healthy?"
        for marker in card.closed_manually
    ]
    to_restore = [_restore_item(body) for body in _cleanups(events, "owed")]
    to_check = [f"{plain(body.text)}." for body in _cleanups(events, "no-undo")]
    steady = "" if card.steady_state_holds or not _was_unsteady(events) else "Restore steady state."
    silent = [f"Make alert {code(signal)} fire for this failure." for signal in card.silent_alerts]
    spoken = list_debrief_lines(events, "actions")
    blocks = bullets(*dirty, *to_restore, *to_check, steady, *spoken, *silent, _earlier_items(events))
    question = Prompt(f"{ITEMS_HELP} What will be different, which team owns it, and by when?")
    return Section("actions", "Action items", (*blocks, question))


def _earlier_items(events: Sequence[Event]) -> str:
    """Return what became of the items of the last drill of this type, by the start of this one."""
    evaluated = first_of(events, EarlierItemsEvaluated)
    if evaluated is None or evaluated.body.result == "none":
        return ""
    body = evaluated.body
    rule = f"one done before the next drill of its type: {strong(body.result)}"
    return f"Action items of {code(body.earlier)} done before this drill: {body.done} of {body.total} ({rule})."


def _restore_item(body: CleanupRecorded) -> str:
    command = f", by hand: {code(body.by_hand)}" if body.by_hand else ""
    return f"Restore: {plain(body.item)}{command}."


def _cleanups(events: Sequence[Event], result: CleanupResult) -> list[CleanupRecorded]:
    latest = {event.body.item: event.body for event in of_type(events, CleanupRecorded)}
    return [body for body in latest.values() if body.result == result]


def _was_unsteady(events: Sequence[Event]) -> bool:
    after = [event.body.holds for event in of_type(events, SteadyStateChecked) if event.body.when == "after"]
    return bool(after) and not after[-1]
