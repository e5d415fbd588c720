"""The full review's sections that people fill most: how it made sense, what was hard, factors, lessons, actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import Event, of_kind
from gameday.events.access import text
from gameday.model import Source
from gameday.moments import Moment
from gameday.review.document import Block, Fields, Para, Prompt, Section, bullets, code, quoted, with_prompts
from gameday.review.event_text import role
from gameday.review.sections import findings
from gameday.review.sections.line_items import (
    clue_line,
    debrief_lines,
    hints,
    lower_bounds,
    missed_objectives,
    said,
    unmet,
    unreadable_signals,
    unrecorded_moments,
)
from gameday.review.time_format import clock
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard

_SENSE = (
    "What did we see or hear at these moments, and what stood out?",
    "What did we expect to come next?",
    "What mattered most just then?",
    "What options were on the table, and how did one come to be chosen?",
    "What help was there, and what help was missing?",
)
"""Cues, expectations, goals, options, help: Klein's and Dekker's list for talking through a decision."""

_SCRIPTED = ("What would somebody on call see, expect and need at each step of this?",)


def reasoning_section(events: Sequence[Event], card: Scorecard) -> Section:
    """Each hypothesis, decision and call for help, and what to ask of it."""
    moments = of_kind(events, "decision", Moment.THEORY, Moment.HELP)
    found = bullets(*(_moment(e) for e in moments if e.source is Source.HUMAN))
    asked = _SCRIPTED if card.mode == "rehearsal" else _SENSE
    return Section("sense", "How it made sense", (*(found or _nobody(card)), *map(Prompt, asked)))


def _moment(event: Event) -> str:
    say = quoted(text(event.data, "text")) if text(event.data, "text") else "(no words recorded)"
    return f"{clock(event)}, {role(event.role)}, {event.kind}: {say}"


def _nobody(card: Scorecard) -> tuple[Block, ...]:
    script = "The responders' part was played by a script: its decisions are the scenario's."
    return (Para(script if card.mode == "rehearsal" else "No hypothesis, decision or call for help was recorded."),)


def well(events: Sequence[Event], card: Scorecard) -> Section:
    """As in the light review; asked first in the meeting."""
    return with_prompts(
        findings.went_well_section(events, card), Prompt("What else went well, and what made it possible?")
    )


def difficulties_section(_: Sequence[Event], card: Scorecard) -> Section:
    """Aims that were missed, silences, hints: conditions, never people."""
    found = bullets(
        *unmet(card),
        *missed_objectives(card),
        _silence(card),
        hints(card),
        *lower_bounds(card),
        unrecorded_moments(card),
    )
    asked = (
        Prompt("What made it difficult: what was missing, hidden or in the way?"),
        Prompt("What did the runbook say, step by step: what worked, what was wrong, what was missing?"),
    )
    return Section("difficult", "What was difficult", (*found, *asked))


def _silence(card: Scorecard) -> str:
    span = card.span("silence")
    if span.seconds is None or span.scripted or span.state == "scripted":
        return ""
    return f"The longest time without an update was {scorecard_text.span(span)}."


def factors_section(events: Sequence[Event], card: Scorecard) -> Section:
    """Suggestions from what was measured; the factors themselves are the team's to find, and there are several."""
    asked = (
        Prompt("What made this possible, and what made it last? Two or more, each with a tag: dependency, "
               "configuration, testing, alerting, documentation or process."),
        Prompt("How was each of them possible? Follow two branches at least."),
    )  # fmt: skip
    return Section("factors", "Contributing factors", (*bullets(*_suggested(events, card)), *asked))


def _suggested(events: Sequence[Event], card: Scorecard) -> Iterator[str]:
    prefix = "To look at:"
    yield from (f"{prefix} the alert {code(one)} stayed silent." for one in card.silent)
    yield from (f"{prefix} the alert {code(one.signal)} fired, which nobody had expected."
                for one in card.alerts if not one.expected)  # fmt: skip
    yield from (f"{prefix} {clue_line(one)}" for one in card.trail if one.verdict in ("unmet", "unreadable"))
    yield from (f"{prefix} {line[0].lower()}{line[1:]}" for line in unreadable_signals(events))
    if card.difficulty.hints:
        yield f"{prefix} what the hints gave that no screen showed."
    yield from (f"{prefix} what ended the fault on {code(one.target)} by itself." for one in card.faults if one.lapsed)


def learned(events: Sequence[Event], card: Scorecard) -> Section:
    """The debrief and the notes as spoken, then the scenario's own questions."""
    own = findings.questions(events, card)
    asked = ("What do we know now that we did not know before? Two to five themes.", *own, "What is still open?")
    lines = bullets(*debrief_lines(events, "learned"), *_notes(events, "i learned"))
    return Section("learned", "What we learned", (*lines, *map(Prompt, asked)))


def _notes(events: Sequence[Event], start: str) -> tuple[str, ...]:
    found = [e for e in of_kind(events, "note") if text(e.data, "text").casefold().startswith(start)]
    return tuple(f"{quoted(said(e, 'text'))} (note, {clock(e)})" for e in found)


def actions(events: Sequence[Event], card: Scorecard) -> Section:
    """As in the light review, with a row for each action. A team owns it; a steward only reports how it stands."""
    found = findings.actions_section(events, card)
    lines = (*found.generated_blocks, *bullets(*_notes(events, "todo")))
    row = Fields(("What, verb first", "Detect, mitigate, prevent, process or learn", "Owner team", "Steward", "Due",
                  "Done when"))  # fmt: skip
    return Section(found.id, found.title, (*lines, row, Prompt("If there is no action: what is the reason?")))
