"""The full review's fixed and closing sections: directive, response process, statement, glossary and artefacts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import Event, fault_summary, first, first_time, read_plan
from gameday.moments import MOMENTS
from gameday.review.document import Block, Para, Prompt, Section, Table, bullets, code, plain, strong
from gameday.review.sections.story import fault_sentence
from gameday.review.time_format import day, timed
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.units import format_duration


def prime_directive_section(_events: Sequence[Event], _card: Scorecard) -> Section:
    """Read aloud before anything else; fixed, so that nobody has to find the words."""
    believed = "Everyone did what made sense with what they knew, saw and had at hand at that moment. We look for what "
    return Section("directive", "Prime directive", (
        Para(f"{believed}made it sensible, and change that."),
        *bullets("We ask what and how. Nothing that is said here is used to judge anybody.",
                 "What we find belongs to all of us: a team owns an action, no person does."),
    ))  # fmt: skip


def response_process_section(_: Sequence[Event], card: Scorecard) -> Section:
    """The scorecard's times and aims: how responding went, kept apart from the system."""
    spans = tuple((one.name, plain(scorecard_text.span(one)), one.means) for one in card.spans)
    aims = bullets(*(plain(scorecard_text.objective(one)) for one in card.objectives))
    caption = "One drill, n=1: a single time says nothing about the next one."
    prompt = Prompt("What would make responding easier next time? Changes to the system stand under Actions.")
    return Section(
        "process", "Response process", (Table(("Time", "Measured", "From, to"), spans, caption), *aims, prompt)
    )


def statement_section(events: Sequence[Event], card: Scorecard) -> Section:
    """In three parts, of systems alone: no person and no role is in it. A draft until the team lets it go."""
    asked = (Prompt("What are we doing about it?"), Prompt("What has to be said otherwise before this may be sent?"))
    if not card.faults:
        return Section("statement", "Statement", (Para("Nothing was applied, so there is nothing to tell."), *asked))
    lines = (f"{strong(part)} {line}" for part, line in _statement(events, card))
    return Section("statement", "Statement", (*bullets(*lines), *asked))


def _statement(events: Sequence[Event], card: Scorecard) -> Iterator[tuple[str, str]]:
    said = _words(events)
    journey, customer = said.get("journey", "the main journey"), said.get("customer", "user")
    span = card.span("mitigate")
    long = "" if span.seconds is None else f" for {'at least ' if span.censored else ''}{format_duration(span.seconds)}"
    felt = first_time(events, "impact") is not None
    told = f"{plain(journey)} did not work as usual{long}." if felt else "nothing was felt, as far as can be measured."
    noticed = f", and {plain(customer)}s could feel it" if felt else ""
    yield "Outside, summary (DRILL):", f"on {day(card.began)}, from {_since(events, card)}, {told}"
    yield "Outside, what happened (DRILL):", f"a part that {plain(journey)} needs did not answer as usual{noticed}."
    yield "Inside, what happened (DRILL):", f"{fault_sentence(events)} {_closing(card)}"


def _words(events: Sequence[Event]) -> dict[str, str]:
    plan = first(events, "planned")
    found = plan.data.get("terms") if plan else None
    return {key: str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def _since(events: Sequence[Event], card: Scorecard) -> str:
    found = first(events, "impact", "fault")
    return timed(found.wall - (found.at - found.happened) if found else card.began)


def _closing(card: Scorecard) -> str:
    closing = scorecard_text.STEADY[card.steady_after]
    return f"{closing[0].upper()}{closing[1:]}."


def glossary_section(events: Sequence[Event], card: Scorecard) -> Section:
    """The words used, and where everything lies that this was made from."""
    kinds = dict.fromkeys(event.kind for event in sorted(events, key=lambda event: event.happened))
    rows = tuple((code(moment), meaning.means) for moment, meaning in MOMENTS.items() if moment in kinds)
    glossary = (Table(("Word", "What it means here"), rows),) if rows else ()
    prompt = Prompt("What else belongs here: dashboards, commands, the chat?")
    return Section("artefacts", "Glossary and artefacts", (*glossary, *_where(events, card), prompt))


def _where(events: Sequence[Event], card: Scorecard) -> tuple[Block, ...]:
    plan = read_plan(events)
    seed = f"; hidden delays drawn from seed {plan.seed}" if plan.seed is not None else ""
    return bullets(
        f"Every event: {code(f'gameday log {card.drill}')}.", f"The scorecard: {code(f'gameday show {card.drill}')}.",
        f"The page with the picture: {code(f'{card.drill}.html')}.",
        f"What was planned: {code(fault_summary(events))}{seed}." if plan.faults else "", *_runbooks(events),
    )  # fmt: skip


def _runbooks(events: Sequence[Event]) -> Iterator[str]:
    plan = first(events, "planned")
    found = plan.data.get("runbooks") if plan else None
    for name, link in found.items() if isinstance(found, dict) else ():
        yield f"Runbook {code(name)}: {plain(str(link))}"
