"""The sections `What told us`, `What went well`, `What we learned` and `Actions`."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Exit
from gameday.events import Event, of_kind, read_plan, reference_time
from gameday.events.access import flag, text
from gameday.review.document import Block, Prompt, Section, bullets, code, quoted
from gameday.review.sections.line_items import (
    alert,
    clue_line,
    debrief_lines,
    hints,
    lower_bounds,
    missed_objectives,
    near_guardrails,
    objective_line,
    predictions,
    unmet,
    unreadable_signals,
    unrecorded_moments,
)
from gameday.review.sections.story import unrestorable_items, unrestored_items
from gameday.review.time_format import clock, offset
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.store.outstanding import outstanding_marks
from gameday.units import format_duration

SCENARIOS_QUESTIONS = 2
"""How many of a scenario's own questions become blanks of the light review."""


def detection_section(events: Sequence[Event], card: Scorecard) -> Section:
    """Alerts, the page, the trail: what could be seen. What stayed silent too."""
    heard = [alert(one) for one in card.alerts]
    silent = [f"{code(one)} was expected to fire and stayed silent." for one in card.silent]
    paged = "The program paged, because no alert had: detection is only a lower bound." if card.program_paged else ""
    judged = [clue_line(one) for one in card.trail if one.verdict != "not judged"]
    quiet = "" if card.alerts or card.silent or not card.faults else "No alert fired."
    blocks = bullets(*heard, *silent, quiet, paged, *judged, *unreadable_signals(events))
    asked = blocks and card.mode != "rehearsal" and card.faults
    more: tuple[Block, ...] = (Prompt("What was looked at first, and what did it show?"),) if asked else ()
    return Section("told", "What told us", (*blocks, *more))


def went_well_section(events: Sequence[Event], card: Scorecard) -> Section:
    """Only what is known to have gone well; a script's times are no merit."""
    helped = [f"Help was asked for at {offset(e.happened - reference_time(events))}." for e in of_kind(events, "help")]
    reached = [objective_line(one) for one in card.objectives if one.state == "seen" and not one.scripted]
    expected = {one.signal for one in card.alerts if one.expected}
    alarms = [f"{code(one)} fired when it should." for one in sorted(expected)]
    mitigated = card.span("mitigate")
    way = f"{code(card.served_by)} served users again." if _mitigation_worked(card) else ""
    held = "The hypothesis held." if card.held == "held" else ""
    took = card.span("revert").seconds
    clean = f"Everything was taken back and read back as gone{_in(took)}." if _clean(card) else ""
    served = f"Users were served again in {scorecard_text.span(mitigated)}." if mitigated.state == "seen" else ""
    found = (*debrief_lines(events, "well"), held, *alarms, way, served, *reached, *helped, clean)
    return Section("well", "What went well", bullets(*found))


def _in(seconds: float | None) -> str:
    return f" in {format_duration(seconds)}" if seconds is not None else ""


def _mitigation_worked(card: Scorecard) -> bool:
    return bool(card.served_by) and card.span("mitigate").state in ("seen", "scripted")


def _clean(card: Scorecard) -> bool:
    return bool(card.faults and card.steady_after) and not (card.gone_with or card.left) and card.exit != Exit.DIRTY


def lessons_section(events: Sequence[Event], card: Scorecard) -> Section:
    """What differed from what was expected, then the debrief as spoken, then what only people can say."""
    found = bullets(
        *debrief_lines(events, "learned"),
        *predictions(events),
        *unmet(card),
        *missed_objectives(card),
        *near_guardrails(events),
        *lower_bounds(card),
        hints(card),
        unrecorded_moments(card),
    )
    own = questions(events, card)
    asked = (
        (*own[:SCENARIOS_QUESTIONS], *_decision_questions(events)) if card.faults and card.mode != "rehearsal" else own
    )
    return Section("learned", "What we learned", (*found, *map(Prompt, asked)))


def questions(events: Sequence[Event], card: Scorecard) -> tuple[str, ...]:
    """What this drill in particular leaves to ask: the scenario's own questions, where people took part."""
    if not card.faults:
        return ("What has to be in place before this can be tried again?",)
    return _rehearsed(events) if card.mode == "rehearsal" else read_plan(events).questions


def _rehearsed(events: Sequence[Event]) -> tuple[str, ...]:
    signals = dict.fromkeys(line.signal for line in read_plan(events).clues)
    looked = f"How would someone on call come to look at {' and '.join(map(code, signals))}?" if signals else ""
    return tuple(filter(None, (looked, "What differs from what we thought the system would do?")))


def _decision_questions(events: Sequence[Event]) -> tuple[str, ...]:
    """How the last decision before the turn made sense: asked, never judged."""
    decided = list(of_kind(events, "decision"))
    if not decided:
        return ()
    found = decided[-1]
    return (f"At {clock(found)}, {quoted(text(found.data, 'text'))}: what made that the sensible thing to do?",)


def actions_section(events: Sequence[Event], card: Scorecard) -> Section:
    """What is owed at once, what the debrief asked for, and one blank. A team owns an action, no person does."""
    dirty = [
        f"{code(mark)} may still stand on its target: run {code('gameday halt')}." for mark in outstanding_marks(events)
    ]
    dirty += [
        f"{code(mark)} was closed by hand, and nobody has read it back: is its target well?" for mark in card.given_up
    ]
    back = [f"To be put back: {item}." for item in unrestored_items(events)]
    back += [f"{line}." for line in unrestorable_items(events)]
    steady = "" if card.steady_after or not _looked(events) else "Steady state has not returned: look at it first."
    missing = [f"Make {code(one)} fire for this." for one in card.silent]
    question = "What will be different, which team owns it, and by when?"
    found = bullets(*dirty, *back, steady, *debrief_lines(events, "actions"), *missing)
    return Section("actions", "Actions", (*found, Prompt(question)))


def _looked(events: Sequence[Event]) -> bool:
    return any(not flag(e.data, "holds") and text(e.data, "when") == "after" for e in of_kind(events, "steady-state"))
