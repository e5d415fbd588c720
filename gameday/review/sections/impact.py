"""The full review's sections of what was measured: impact, detection, and where the drill came near a guardrail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import Event, first
from gameday.events.access import records, text
from gameday.model import Source
from gameday.moments import HUMAN_MOMENTS
from gameday.review.document import Block, Bullets, Para, Prompt, Section, Table, bullets, code, plain
from gameday.review.event_text import role
from gameday.review.sections import findings
from gameday.review.sections.line_items import near_guardrails
from gameday.review.sections.story import PICTURE
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.signal_summary import Measured
from gameday.units import format_value


def impact(_: Sequence[Event], card: Scorecard) -> Section:
    """What users had of it: how long, how far each signal went, the picture."""
    prompt = Prompt("What would this have meant for users and for the business on a usual day?")
    return Section("impact", "Impact", (*_felt(card), *_signals(card), PICTURE, prompt))


def _felt(card: Scorecard) -> tuple[Block, ...]:
    if card.span("impact").seconds is not None:
        served = scorecard_text.mitigation_text(card.span("mitigate"))
        return (Para(f"From the first reading outside steady state, users were {served}."),)
    if not card.faults:
        return ()
    return (
        Para(
            f"No two readings{scorecard_text.watched_signals_text(card)} in a row left steady state, "
            "as far as could be measured."
        ),
    )


def _signals(card: Scorecard) -> tuple[Block, ...]:
    rows = tuple(_row(one) for one in card.signals if one.readings or one.unread)
    caption = "Lowest to highest reading while the fault stood; n counts readings, and for the usual value its samples."
    return (Table(("Signal", "Usual", "While the fault stood", "Readings"), rows, caption),) if rows else ()


def _row(one: Measured) -> tuple[str, ...]:
    usual = f"{format_value(one.usual, one.kind)} (n={one.usual_n})" if one.usual is not None else "-"
    unread = f", {one.unread} could not be taken" if one.unread else ""
    return (code(one.signal), usual, _worst_value(one), f"n={one.readings}{unread}")


def _worst_value(one: Measured) -> str:
    low, high = format_value(one.lowest, one.kind), format_value(one.highest, one.kind)
    return low if low == high else f"{low} to {high}"


def detection_section(events: Sequence[Event], card: Scorecard) -> Section:
    """What told, how soon, and from which role the first word of it came."""
    found = findings.detection_section(events, card)
    lines = [line for block in found.generated_blocks if isinstance(block, Bullets) for line in block.items]
    blocks = bullets(*lines, *_latency(card), _first_word(events, card))
    prompt = Prompt("What was looked at first, and what did it show?")
    return Section(found.id, "Detection", (*blocks, prompt))


def _latency(card: Scorecard) -> Iterator[str]:
    """From impact on; the time until somebody was aware is the team's, and stands beside no role."""
    for span in (card.span("alert"), card.span("detect")):
        if span.seconds is not None:
            yield f"{span.means[0].upper()}{span.means[1:]}: {scorecard_text.span(span)}."


def _first_word(events: Sequence[Event], card: Scorecard) -> str:
    span = card.span("detect")
    found = first(events, span.to) if span.seconds is not None and span.to in HUMAN_MOMENTS else None
    if found is None or found.source is not Source.HUMAN:
        return ""
    return f"The first word of it came from {role(found.role)}: {code(found.kind)}."


def near_misses_section(events: Sequence[Event], card: Scorecard) -> Section:
    """How near each guardrail came: what was left before the drill would have ended by itself."""
    plan = first(events, "planned")
    guarded = records(plan.data, "guardrails") if plan and card.faults else ()
    known = {one.signal: one for one in card.signals}
    margins = [_margin(text(one, "text"), known.get(text(one, "signal"))) for one in guarded]
    lapsed = [
        f"The fault on {code(one.target)} went by itself, before we took it back." for one in card.faults if one.lapsed
    ]
    prompt = Prompt("What could easily have gone further, and what kept it from that?")
    return Section("lucky", "Where we got lucky", (*bullets(*near_guardrails(events), *margins, *lapsed), prompt))


def _margin(guardrail: str, one: Measured | None) -> str:
    if one is None or not one.readings:
        return f"Guardrail {plain(guardrail)}: its signal was not read while the fault stood."
    worst = f"{_worst_value(one)} while the fault stood (n={one.readings} readings)"
    return f"Guardrail {plain(guardrail)}: its signal was {worst}."
