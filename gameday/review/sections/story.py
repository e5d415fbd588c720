"""What happened: the summary, what the hypothesis met, the timeline; together, or each a section of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gameday.errors import Exit
from gameday.events import Event, Intended, SignalKinds, first, of_kind, of_type, read_plan
from gameday.events.access import integer, number, text
from gameday.model import SignalKind
from gameday.review.document import Block, Para, Picture, Prompt, Section, Table, bullets, code, plain, strong
from gameday.review.sections.line_items import predictions
from gameday.review.time_format import clock
from gameday.review.timeline import ROWS, left_out, rows
from gameday.scorecards import scorecard_text
from gameday.scorecards.fault_outcomes import FaultOutcome
from gameday.scorecards.scorecard import Scorecard
from gameday.units import format_duration, format_parameters, format_value

NAMED = 6
"""Things of a target that are named, of those that were hit."""
PICTURE = Picture("The drill as one picture: the system, what could be seen, what was believed")


def story_section(events: Sequence[Event], card: Scorecard) -> Section:
    """The whole story on half a page. Never empty: a drill that did nothing says so."""
    blocks = (*_summary_blocks(events, card), *_hypothesis(card), PICTURE, _timeline(events, card, ROWS))
    return Section("happened", "What happened", blocks)


def summary(events: Sequence[Event], card: Scorecard) -> Section:
    """A skeleton of two or three sentences, to be written anew for a reader."""
    question = "What would a reader from another team need to know, in two or three sentences?"
    return Section("summary", "Summary", (*_summary_blocks(events, card), Prompt(question)))


def hypothesis(events: Sequence[Event], card: Scorecard) -> Section:
    """What was expected, by the scenario and by the people before the fault, and what came of it."""
    blocks = (*_hypothesis(card), *bullets(*predictions(events)))
    prompt = Prompt("What came differently from what we expected?")
    return Section("happened", "Hypothesis and what happened", (*blocks, prompt))


def timeline(events: Sequence[Event], card: Scorecard) -> Section:
    """Every row there is, each with its source; it begins before the fault, against hindsight."""
    asked = (
        Prompt("What are the dozen rows that tell the story? Put a star before each."),
        Prompt("What else happened that the log did not hear, and how did it look from other places?"),
    )
    return Section("timeline", "Timeline", (_timeline(events, card, len(events)), *asked))


def kinds_of(card: Scorecard) -> SignalKinds:
    return {one.signal: one.kind for one in card.signals}


def _summary_blocks(events: Sequence[Event], card: Scorecard) -> tuple[Block, ...]:
    told = Para(" ".join(filter(None, _summary(events, card, kinds_of(card)))))
    if card.mode != "rehearsal":
        return (told,)
    script = "Its people were a script, so its human times say nothing about a team."
    return (told, Para(f"This was a {plain(scorecard_text.mode(card))}. {script}{_untried_mitigations(events, card)}"))


def _hypothesis(card: Scorecard) -> tuple[Block, ...]:
    reasons = f" Against a pass: {plain('; '.join(card.reasons))}." if card.reasons else ""
    head = f"{strong(f'Hypothesis {card.held}.')} {plain(card.hypothesis)}" if card.hypothesis else ""
    said = f"{head}{reasons}".strip()
    return (*((Para(said),) if said else ()), *_expectations(card))


def _untried_mitigations(events: Sequence[Event], card: Scorecard) -> str:
    others = [code(one) for one in read_plan(events).mitigations if one != card.way_out]
    if not card.way_out or not others:
        return ""
    begun = any(
        text(event.data, "action") == card.way_out for event in of_kind(events, "action-started", "action-finished")
    )
    return f" It {'tried' if begun else 'was to try'} {code(card.way_out)}; {', '.join(others)}: not in this drill."


def _summary(events: Sequence[Event], card: Scorecard, kinds: SignalKinds) -> Iterator[str]:
    yield fault_sentence(events)
    yield _impact(events, card, kinds)
    yield _served(card)
    yield _back(card)


def fault_sentence(events: Sequence[Event]) -> str:
    """What we did, to what, and when."""
    found = first(events, "fault")
    if found is None:
        unsure = first(events, "apply-unknown") is not None
        landed = "Nobody knows whether a fault landed, or on how much of its target"
        return f"{landed if unsure else 'No fault was applied'}, so nothing was tested."
    params = {fault.id: dict(fault.params) for fault in read_plan(events).faults}
    held = found.data.get("params", params.get(text(found.data, "fault")))
    details = format_parameters(held) if isinstance(held, dict) else ""
    more = len({text(e.data, "fault") for e in events if e.kind == "fault"}) - 1
    others = f" (and {more} more)" if more else ""
    kind, target = plain(text(found.data, "fault_kind")), code(text(found.data, "target"))
    members = _affected_members(events, text(found.data, "marker"))
    put = f"{kind}{f' ({plain(details)})' if details else ''} on {target}{members}"
    return f"At {clock(found)} UTC we put {put}{others}."


def _affected_members(events: Sequence[Event], mark: str) -> str:
    """Which of the target's things it was, where there may be several: that is drawn anew in each drill."""
    intents = (one.body.intent for one in of_type(events, Intended))
    names = next((one.member_names for one in intents if one.marker == mark), ())
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f" ({', '.join(code(one) for one in names[:NAMED])}{more})" if names else ""


def _impact(events: Sequence[Event], card: Scorecard, kinds: SignalKinds) -> str:
    found, span = first(events, "impact"), card.span("impact")
    if found is None:
        return _no_impact_sentence(card)
    signal = text(found.data, "signal")
    usual = next((one for one in card.signals if one.signal == signal and one.usual is not None), None)
    peace = f", usually {format_value(usual.usual, usual.kind)} (n={usual.usual_n})" if usual else ""
    value = f"{format_value(number(found.data, 'value'), kinds.get(signal, ''))} (n={integer(found.data, 'n')})"
    when = f"{format_duration(span.seconds)} later" if span.seconds is not None else "Then"
    return f"{when} users felt it: {code(signal)} at {value}{peace}.{_worst(card, signal)}"


def _no_impact_sentence(card: Scorecard) -> str:
    """That nobody felt it can be said only of a fault that had its time."""
    if not card.faults:
        return ""
    two = f"two readings{scorecard_text.watched_signals_text(card)} in a row"
    if card.exit == Exit.HALTED:
        return f"It ended before users were seen to feel it, which takes {two} outside steady state."
    return f"No {two} left steady state meanwhile."


def _worst(card: Scorecard, signal: str) -> str:
    """How far it went; only for what is worse the higher it is."""
    found = next((one for one in card.signals if one.signal == signal), None)
    if found is None or found.highest is None or found.kind not in (SignalKind.DURATION, SignalKind.COUNT):
        return ""
    return f" Its highest was {format_value(found.highest, found.kind)} ({found.readings} readings)."


def _served(card: Scorecard) -> str:
    span = card.span("mitigate")
    if span.seconds is None:
        return ""
    if span.censored:
        return f"Users were {scorecard_text.mitigation_text(span)}."
    way = f", through {code(card.served_by)}" if card.served_by else ""
    still = "" if any(one.undone_by or one.lapsed for one in card.faults) else ", with the fault still there"
    return f"Users were served again {scorecard_text.span(span)} after that{way}{still}."


def _back(card: Scorecard) -> str:
    if not card.faults:
        return ""
    if card.faults[0].stood is None or card.exit == Exit.DIRTY:
        return f"{strong('Not everything could be taken back')}: see Actions."
    return f"After {format_duration(card.faults[0].stood)} it {_ended(card, card.faults[0])}."


def _ended(card: Scorecard, fault: FaultOutcome) -> str:
    """What ended the fault that was told of, and nothing else."""
    steady = f"; {scorecard_text.STEADY[card.steady_after]}"
    if fault.lapsed:
        return "went without us"
    if fault.undone_by:
        return f"was ended by {plain(fault.undone_by)}{steady}"
    if fault.left:
        return f"was left as somebody made it: {plain(fault.left)}{steady}"
    if card.gone_with:
        return f"was gone, and not read back: {plain(card.gone_with)}"
    took = card.span("revert").seconds
    read = f" and read back as gone in {format_duration(took)}" if took is not None else ""
    return f"was taken back{read}{steady}"


def _expectations(card: Scorecard) -> list[Block]:
    if not card.holds:
        return []
    table = tuple(
        (plain(one.expected), plain(one.say) or "-", str(one.n) if one.n else "-", one.verdict) for one in card.holds
    )
    return [Table(("While the fault stood", "Measured", "n", "Verdict"), table)]


def _timeline(events: Sequence[Event], card: Scorecard, most: int) -> Table:
    chosen = rows(events, kinds_of(card), most)
    source = f"Times are UTC; offsets count from the fault. {left_out(events, most)} more events are in the log"
    return Table(
        ("Clock", "Offset", "What was so", "Source"),
        tuple((row.clock, row.offset, row.what, row.source) for row in chosen),
        f"{source}: {code(f'gameday log {card.drill}')}.",
    )


def unrestored_items(events: Sequence[Event]) -> tuple[str, ...]:
    """What the drill found different afterwards and nobody has put back yet."""
    found = [e for e in events if e.kind == "cleanup" and text(e.data, "result") == "owed"]
    return tuple(plain(text(e.data, "item")) for e in found)


def unrestorable_items(events: Sequence[Event]) -> tuple[str, ...]:
    """What was done and may be nothing that can be put back, such as a restart."""
    found = [e for e in events if e.kind == "cleanup" and text(e.data, "result") == "no-undo"]
    return tuple(plain(text(e.data, "text")) for e in found)
