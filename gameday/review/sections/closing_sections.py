"""The full review's fixed and closing sections: prime directive, response process, statements, glossary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import (
    Event,
    FaultConfirmed,
    ImpactDetected,
    Mitigated,
    fault_summary,
    first_of,
    has_any,
    read_plan,
)
from gameday.moments import MOMENTS
from gameday.review.document import Block, Para, Prompt, Section, Table, bullets, code, plain, strong
from gameday.review.event_text import format_clock, format_day, format_hour_and_minute, happened_at
from gameday.review.sections.fault_sentences import fault_sentence
from gameday.review.sections.line_items import steady_state_clause
from gameday.review.sections.service_sentences import is_user_impact, outage_seconds
from gameday.scorecards import scorecard_text
from gameday.scorecards.measurement_cuts import is_open_ended
from gameday.scorecards.scorecard import Scorecard
from gameday.units import format_duration


def prime_directive(_events: Sequence[Event], _card: Scorecard) -> Section:
    """Return the text that is read aloud first; fixed, so that nobody has to find the words."""
    believed = "Everyone did what made sense with what they knew, saw and had available at that moment. We look for "
    return Section("directive", "Prime directive", (
        Para(f"{believed}the conditions that made it sensible, and change those."),
        *bullets("We ask what and how. Nothing that is said here is used to judge anyone.",
                 "What we find belongs to all of us: a team owns an action item, not a person."),
    ))  # fmt: skip


def response_process(_: Sequence[Event], card: Scorecard) -> Section:
    """Return the scorecard's times and objectives: how the response went, apart from the system."""
    rows = tuple(
        (time.name, plain(scorecard_text.format_response_time(time)), time.meaning) for time in card.response_times
    )
    objectives = bullets(*(plain(scorecard_text.format_objective(result)) for result in card.objectives))
    caption = "One drill, n=1: a single time says nothing about the next one."
    table = Table(("Time", "Measured", "From, until"), rows, caption)
    prompt = Prompt("What would make responding easier next time? Changes to the system belong under Action items.")
    return Section("process", "Response process", (table, *objectives, prompt))


def shareable_statements(events: Sequence[Event], card: Scorecard) -> Section:
    """Return statements that name systems alone, no person and no role; a draft until the team approves it."""
    prompts = (
        Prompt("What are we doing about it?"),
        Prompt("What needs rewording before this is sent?"),
    )
    if not card.faults:
        return Section("statement", "Statements", (Para("No fault was applied, so there is no statement."), *prompts))
    lines = (f"{strong(part)} {line}" for part, line in _statement_lines(events, card))
    return Section("statement", "Statements", (*bullets(*lines), *prompts))


def _statement_lines(events: Sequence[Event], card: Scorecard) -> Iterator[tuple[str, str]]:
    terms = read_plan(events).terms
    journey, customer = plain(terms.get("journey", "the main journey")), plain(terms.get("customer", "user"))
    has_impact, affected = has_any(events, ImpactDetected), is_user_impact(events)
    unusual = f"{journey} did not work as usual" if affected else f"a part behind {journey} was not healthy"
    impact = f"{unusual}{_outage(events, card)}." if has_impact else "no impact was measured."
    noticed = f", and {customer}s could notice it" if affected else ""
    yield "External, summary (DRILL):", f"on {format_day(card.began)}, from {_since(events, card)}, {impact}"
    yield "External, what happened (DRILL):", f"a dependency of {journey} was degraded{noticed}."
    yield "Internal, what happened (DRILL):", f"{fault_sentence(events)} {_closing(card)}"


def _outage(events: Sequence[Event], card: Scorecard) -> str:
    """Return how long it lasted for users, which is longer than the time to mitigate where that was cut short."""
    time, seconds = card.response_time("mitigate"), outage_seconds(events, card)
    if seconds is not None:
        return f" for {format_duration(seconds)}"
    if time.seconds is None:
        return ""
    mitigated = first_of(events, Mitigated)
    is_later = mitigated is not None and not is_open_ended(time.reason)
    until = f", until {format_clock(mitigated)} UTC with interruptions" if mitigated and is_later else ""
    return f" for at least {format_duration(time.seconds + time.paused)}{until}"


def _since(events: Sequence[Event], card: Scorecard) -> str:
    event = first_of(events, ImpactDetected) or first_of(events, FaultConfirmed)
    return format_hour_and_minute(happened_at(event).timestamp() if event else card.began)


def _closing(card: Scorecard) -> str:
    text = steady_state_clause(card)
    return f"{text[0].upper()}{text[1:]}."


def glossary(events: Sequence[Event], card: Scorecard) -> Section:
    """Return the moments of this drill with their meaning, and links to everything the review rests on."""
    kinds = dict.fromkeys(event.kind for event in sorted(events, key=lambda event: event.happened))
    rows = tuple((code(moment), info.means) for moment, info in MOMENTS.items() if moment in kinds)
    table = (Table(("Word", "Meaning"), rows),) if rows else ()
    prompt = Prompt("What else belongs here: dashboards, commands, the chat?")
    return Section("artefacts", "Glossary and links", (*table, *_links(events, card), prompt))


def _links(events: Sequence[Event], card: Scorecard) -> tuple[Block, ...]:
    plan = read_plan(events)
    seed = f"; hidden delays drawn from seed {plan.seed}" if plan.seed is not None else ""
    runbooks = (f"Runbook {code(name)}: {plain(link)}" for name, link in plan.runbooks.items())
    return bullets(
        f"All events: {code(f'gameday log {card.drill}')}.", f"Scorecard: {code(f'gameday show {card.drill}')}.",
        f"Page with the chart: {code(f'{card.drill}.html')}.",
        f"Planned faults: {code(fault_summary(events))}{seed}." if plan.faults else "", *runbooks,
    )  # fmt: skip
