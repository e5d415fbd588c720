"""The full review's sections of what was measured: impact, detection, and how near each guardrail came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.events import Event, GuardrailBroken, PlannedExpectation, first_of_kind, of_type, read_plan
from gameday.model import Comparison, Source
from gameday.moments import HUMAN_MOMENTS
from gameday.review.document import Block, Bullets, Para, Prompt, Section, Table, bullets, code, plain
from gameday.review.event_text import format_role_name
from gameday.review.sections import learning
from gameday.review.sections.line_items import list_near_guardrails
from gameday.review.sections.service_sentences import no_impact_sentence, service_sentence
from gameday.review.sections.story import PICTURE
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard
from gameday.scorecards.signal_summary import SignalSummary
from gameday.units import format_value, parse_limit


def impact(events: Sequence[Event], card: Scorecard) -> Section:
    """Return how long users were affected, how far each signal went, and the chart."""
    prompt = Prompt("What would this have meant for users and for the business on a normal day?")
    return Section("impact", "Impact", (*_impact_blocks(events, card), *_signal_table(card), PICTURE, prompt))


def _impact_blocks(events: Sequence[Event], card: Scorecard) -> tuple[Block, ...]:
    has_impact = card.response_time("impact").seconds is not None
    sentence = service_sentence(events, card) if has_impact else no_impact_sentence(card)
    return (Para(sentence),) if sentence else ()


def _signal_table(card: Scorecard) -> tuple[Block, ...]:
    rows = tuple(_signal_row(signal) for signal in card.signals if signal.readings or signal.failed)
    caption = "Lowest to highest reading from the first fault until the last had ended; n counts samples or readings."
    head = ("Signal", "Baseline", "During the faults", "Readings")
    return (Table(head, rows, caption),) if rows else ()


def _signal_row(signal: SignalSummary) -> tuple[str, ...]:
    values, count = scorecard_text.format_value_range(signal), scorecard_text.format_reading_count(signal)
    return (code(signal.signal), scorecard_text.format_baseline(signal), values, count)


def full_detection(events: Sequence[Event], card: Scorecard) -> Section:
    """Return what detected the fault, how soon, and which role noticed it first."""
    light = learning.detection(events, card)
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
    event = first_of_kind(events, time.end) if time.seconds is not None and time.end in HUMAN_MOMENTS else None
    if event is None or event.source is not Source.HUMAN:
        return ""
    return f"The first sign of awareness came from {format_role_name(event.role)}: {code(event.kind)}."


def near_misses(events: Sequence[Event], card: Scorecard) -> Section:
    """Return guardrails that were near, guardrails that were not measured, and faults that ended by themselves."""
    signals = {signal.signal: signal for signal in card.signals}
    broken = {event.body.guardrail for event in of_type(events, GuardrailBroken)}
    guardrails = enumerate(read_plan(events).guardrails) if card.faults else ()
    margins = [_margin(line, signals.get(line.signal)) for index, line in guardrails if index not in broken]
    lapsed = [f"The fault on {code(f.target)} lapsed before the drill reverted it." for f in card.faults if f.lapsed]
    prompt = Prompt("What could easily have gone further, and what kept it from that?")
    return Section("lucky", "Where we got lucky", (*bullets(*list_near_guardrails(events), *margins, *lapsed), prompt))


def _margin(guardrail: PlannedExpectation, signal: SignalSummary | None) -> str:
    """Return a sentence about a guardrail that did not halt the drill although a reading was beyond its limit."""
    if signal is None or not signal.readings:
        return f"Guardrail {plain(guardrail.text)}: its signal was not read during the faults."
    worst = _worst_reading_beyond_limit(guardrail, signal)
    if worst is None:
        return ""
    value, count = format_value(worst, signal.kind), scorecard_text.format_reading_count(signal)
    return f"Guardrail {plain(guardrail.text)}: its readings reached {value} ({count}), and it did not halt the drill."


def _worst_reading_beyond_limit(guardrail: PlannedExpectation, signal: SignalSummary) -> float | None:
    """Return the worst reading if it meets the guardrail's condition; None if no reading does."""
    worst = signal.lowest if guardrail.test in (Comparison.BELOW, Comparison.AT_MOST) else signal.highest
    if worst is None or not guardrail.limit:
        return None
    limit = parse_limit(guardrail.limit)
    if limit.relative and signal.baseline is None:
        return None
    bound = limit.value * (signal.baseline or 0.0) if limit.relative else limit.value
    return worst if _is_met(guardrail.test, worst, bound) else None


def _is_met(test: str, value: float, bound: float) -> bool:
    comparisons = {Comparison.BELOW: value < bound, Comparison.AT_MOST: value <= bound, Comparison.ABOVE: value > bound,
                   Comparison.AT_LEAST: value >= bound}  # fmt: skip
    return comparisons.get(Comparison(test), False)
