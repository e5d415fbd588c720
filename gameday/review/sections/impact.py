"""The full review's sections of what was measured: impact, detection, and how near each guardrail came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import Event, PlannedExpectation, first, read_plan
from gameday.model import Source
from gameday.moments import HUMAN_MOMENTS
from gameday.review.document import Block, Bullets, Para, Prompt, Section, Table, bullets, code, plain
from gameday.review.event_text import format_role_name
from gameday.review.sections import findings
from gameday.review.sections.line_items import list_near_guardrails
from gameday.review.sections.story import PICTURE, no_impact_sentence, service_sentence
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.signal_summary import SignalSummary


def impact(_: Sequence[Event], card: Scorecard) -> Section:
    """Return how long users were affected, how far each signal went, and the chart."""
    prompt = Prompt("What would this have meant for users and for the business on a normal day?")
    return Section("impact", "Impact", (*_impact_blocks(card), *_signal_table(card), PICTURE, prompt))


def _impact_blocks(card: Scorecard) -> tuple[Block, ...]:
    has_impact = card.response_time("impact").seconds is not None
    sentence = service_sentence(card) if has_impact else no_impact_sentence(card)
    return (Para(sentence),) if sentence else ()


def _signal_table(card: Scorecard) -> tuple[Block, ...]:
    rows = tuple(_signal_row(signal) for signal in card.signals if signal.readings or signal.failed)
    caption = "Lowest to highest reading while the fault was active; n of a baseline counts its samples."
    head = ("Signal", "Baseline", "While the fault was active", "Readings")
    return (Table(head, rows, caption),) if rows else ()


def _signal_row(signal: SignalSummary) -> tuple[str, ...]:
    values, count = scorecard_text.format_value_range(signal), scorecard_text.format_reading_count(signal)
    return (code(signal.signal), scorecard_text.format_baseline(signal), values, count)


def full_detection(events: Sequence[Event], card: Scorecard) -> Section:
    """Return what detected the fault, how soon, and which role noticed it first."""
    light = findings.detection(events, card)
    lines = [line for block in light.generated_blocks if isinstance(block, Bullets) for line in block.items]
    blocks = bullets(*lines, *_detection_times(card), _first_sign(events, card))
    prompt = Prompt("What was looked at first, and what did it show?")
    return Section(light.id, light.title, (*blocks, prompt))


def _detection_times(card: Scorecard) -> Iterator[str]:
    """Yield the times from the impact; the time until someone was aware is the team's, and names no role."""
    for time in (card.response_time("alert"), card.response_time("detect")):
        if time.seconds is not None:
            yield f"{time.meaning[0].upper()}{time.meaning[1:]}: {scorecard_text.format_response_time(time)}."


def _first_sign(events: Sequence[Event], card: Scorecard) -> str:
    time = card.response_time("detect")
    event = first(events, time.end) if time.seconds is not None and time.end in HUMAN_MOMENTS else None
    if event is None or event.source is not Source.HUMAN:
        return ""
    return f"The first sign of awareness came from {format_role_name(event.role)}: {code(event.kind)}."


def near_misses(events: Sequence[Event], card: Scorecard) -> Section:
    """Return how near each guardrail came to halting the drill."""
    signals = {signal.signal: signal for signal in card.signals}
    guardrails = read_plan(events).guardrails if card.faults else ()
    margins = [_margin(guardrail, signals.get(guardrail.signal)) for guardrail in guardrails]
    lapsed = [f"The fault on {code(f.target)} lapsed before we reverted it." for f in card.faults if f.lapsed]
    prompt = Prompt("What could easily have gone further, and what kept it from that?")
    return Section("lucky", "Where we got lucky", (*bullets(*list_near_guardrails(events), *margins, *lapsed), prompt))


def _margin(guardrail: PlannedExpectation, signal: SignalSummary | None) -> str:
    if signal is None or not signal.readings:
        return f"Guardrail {plain(guardrail.text)}: its signal was not read while the fault was active."
    values, count = scorecard_text.format_value_range(signal), scorecard_text.format_reading_count(signal)
    return f"Guardrail {plain(guardrail.text)}: its signal was {values} while the fault was active ({count})."
