"""Lines of a review, each made of events or of the scorecard: what was seen, what came late, what people said."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.events import Event, of_kind
from gameday.events.access import text
from gameday.review.document import code, plain, quoted
from gameday.scorecards import scorecard_text
from gameday.scorecards.objectives import Result
from gameday.scorecards.scorecard import AlertHeard, Judged, Scorecard
from gameday.units import format_duration


def alert(one: AlertHeard) -> str:
    expected = "as expected" if one.expected else "which nobody had expected"
    return f"Alert {code(one.signal)} fired {format_duration(one.after)} after the fault, {expected}."


def clue_line(one: Judged) -> str:
    told = f"that {plain(one.tells)}:" if one.tells and one.verdict == "met" else ""
    shown = f"{_shown(one.verdict)} {told}" if told else f"{_shown(one.verdict)}:"
    return f"The trail {shown} {plain(one.say or one.expected)} (n={one.n})."


def _shown(verdict: str) -> str:
    return {"met": "showed", "unmet": "did not show"}.get(verdict, "could not be read")


def said(event: Event, otherwise: str) -> str:
    return plain(text(event.data, "text") or text(event.data, otherwise))


def unreadable_signals(events: Sequence[Event]) -> list[str]:
    """What could not be read for so long that it was no help."""
    return [f"Not readable: {said(e, 'signal')}." for e in of_kind(events, "signal-unreadable")]


def objective_line(one: Result) -> str:
    """`ic-announced` 31 s after `declared`, where the team's aim was 3 min."""
    if one.seconds is None:
        return f"{code(one.expect)} was absent: {one.why}." if one.state == "absent" else ""
    aimed = f"; the aim was {format_duration(one.within)}" if one.within is not None else ""
    return f"{code(one.expect)} came {format_duration(one.seconds)} after {code(one.of)}{aimed}."


def missed_objectives(card: Scorecard) -> list[str]:
    return [objective_line(one) for one in card.objectives if one.state in ("late", "absent")]


def unrecorded_moments(card: Scorecard) -> str:
    """What is not in the log: people talk aloud, and the log is partly deaf."""
    found = dict.fromkeys(one.expect for one in card.objectives if one.state == "not recorded")
    return f"Not recorded, which is no miss: {', '.join(map(code, found))}." if found else ""


def unmet(card: Scorecard) -> list[str]:
    """The expectations that did not hold, or of which nobody knows."""
    return [_unmet(one) for one in card.holds if one.verdict != "met" and card.faults]


def _unmet(one: Judged) -> str:
    prefix = "Did not hold" if one.verdict == "unmet" else "Could not be judged"
    found = f", {plain(one.say)} (n={one.n})" if one.say else ""
    return f"{prefix}: {plain(one.expected)}{found}."


_UNMET_TEXT = {"detect": "Time to detect", "mitigate": "Time to mitigate", "recover": "Time to recover"}


def lower_bounds(card: Scorecard) -> list[str]:
    """Times of which only a lower bound is known."""
    return [
        f"{_UNMET_TEXT[one.name]}: {scorecard_text.span(one)}."
        for one in card.spans
        if one.censored and one.name in _UNMET_TEXT
    ]


def near_guardrails(events: Sequence[Event]) -> list[str]:
    return [f"Near a guardrail: {said(e, 'guardrail')}." for e in of_kind(events, "guardrail-warning")]


def hints(card: Scorecard) -> str:
    return f"Hints: {scorecard_text.difficulty(card)}." if card.difficulty.hints else ""


def predictions(events: Sequence[Event]) -> list[str]:
    return [f"Predicted before the fault: {quoted(text(e.data, 'text'))}" for e in of_kind(events, "prediction")]


_HEADINGS = {"well": "well", "act": "actions", "point": "actions", "todo": "actions", "next": "actions"}


def debrief_lines(events: Sequence[Event], part: str) -> tuple[str, ...]:
    """The hot debrief's lines that belong to a section, as spoken."""
    lines = [e for e in of_kind(events, "debrief") if _belongs(text(e.data, "heading")) == part]
    return tuple(f"{quoted(text(e.data, 'text'))} (hot debrief)" for e in lines if text(e.data, "text"))


def _belongs(heading: str) -> str:
    known = heading.casefold()
    return next((part for word, part in _HEADINGS.items() if word in known), "learned")
