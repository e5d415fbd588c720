"""The full review's sections that people fill in most: decisions, difficulties, factors, lessons, action items."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import Decision, Event, HelpRequested, Statement, TheoryStated, of_type
from gameday.model import Source
from gameday.review.document import BlankTable, Block, Para, Prompt, Section, bullets, code, quoted, replace_prompts
from gameday.review.event_text import format_clock, format_role_name
from gameday.review.sections import learning
from gameday.review.sections.line_items import find_notes, list_debrief_lines
from gameday.scorecards.scorecard import Scorecard

_QUESTIONS = (
    "What did we see or hear at these moments, and what stood out?",
    "What did we expect to happen next?",
    "What mattered most at that point?",
    "What options were on the table, and how was one of them chosen?",
    "What help was available, and what help was missing?",
)
"""Cues, expectations, goals, options, help: Klein's and Dekker's list for talking through a decision."""
_REHEARSAL_QUESTIONS = ("What would someone on call see, expect and need at each of these steps?",)


def decisions(events: Sequence[Event], card: Scorecard) -> Section:
    """Return each theory, decision and request for help, and what to ask about it."""
    statements = of_type(events, Decision, TheoryStated, HelpRequested)
    lines = bullets(*(_statement_line(event) for event in statements if event.source is Source.HUMAN))
    questions = _REHEARSAL_QUESTIONS if card.mode == "rehearsal" else _QUESTIONS
    return Section("sense", "How decisions made sense", (*(lines or _no_decisions(card)), *map(Prompt, questions)))


def _statement_line(event: Event[Statement]) -> str:
    text = quoted(event.body.text) if event.body.text else "(no comment)"
    return f"{format_clock(event)}, {format_role_name(event.role)}, {event.kind}: {text}"


def _no_decisions(card: Scorecard) -> tuple[Block, ...]:
    script = "A script played the responders: its decisions are the scenario's."
    return (Para(script if card.mode == "rehearsal" else "No theory, decision or request for help was recorded."),)


def full_went_well(events: Sequence[Event], card: Scorecard) -> Section:
    prompt = Prompt("What else went well, and what made it possible?")
    return replace_prompts(learning.went_well(events, card), prompt)


def full_difficulties(events: Sequence[Event], card: Scorecard) -> Section:
    return replace_prompts(
        learning.difficulties(events, card),
        Prompt("What made it difficult: what was missing, hidden or in the way?"),
        Prompt("What did the runbook say, step by step: what worked, what was wrong, what was missing?"),
    )


def full_contributing_factors(events: Sequence[Event], card: Scorecard) -> Section:
    return replace_prompts(
        learning.contributing_factors(events, card),
        Prompt("What made this possible, and what made it last? Two or more, each with a tag: dependency, "
               "configuration, testing, alerting, documentation or process."),
        Prompt("How was each of them possible? Follow at least two branches."),
    )  # fmt: skip


def full_lessons(events: Sequence[Event], card: Scorecard) -> Section:
    """Return the debrief and the notes as spoken, then the scenario's own questions."""
    own = learning.scenario_questions(events, card)
    questions = ("What do we know now that we did not know before? Two to five themes.", *own, "What is still open?")
    lines = bullets(*list_debrief_lines(events, "learned"), *find_notes(events, "i learned"))
    return Section("learned", "What we learned", (*lines, *map(Prompt, questions)))


def full_action_items(events: Sequence[Event], card: Scorecard) -> Section:
    """Return the action items with a table to fill in. A team owns an item; a steward only reports its status."""
    light = learning.action_items(events, card)
    fields = BlankTable(("Action, verb first", "Detect, mitigate, prevent, process or learn", "Owner team", "Steward",
                     "Due", "Done when"))  # fmt: skip
    prompt = Prompt(f"If there is no action item ({code('None, because ...')}): what is the reason?")
    return Section(
        light.id, light.title, (*light.generated_blocks, *bullets(*find_notes(events, "todo")), fields, prompt)
    )
