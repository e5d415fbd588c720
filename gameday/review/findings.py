"""The sections `What told us`, `What went well`, `What we learned` and `Actions`."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Exit
from gameday.model import Event
from gameday.review.clock import clock, offset
from gameday.review.document import Block, Prompt, Section, bullets, code, plain, quoted
from gameday.review.happened import owed
from gameday.scorecards import words
from gameday.scorecards.card import AlertHeard, Judged, Scorecard
from gameday.scorecards.look import flag, of_kind, planned, text, zero
from gameday.scorecards.objectives import Result
from gameday.store.outstanding import outstanding_marks
from gameday.units import say_duration

SCENARIOS_QUESTIONS = 2
"""How many of a scenario's own questions become blanks."""


def told(events: Sequence[Event], card: Scorecard) -> Section:
    """Alerts, the page, the trail: what could be seen. What stayed silent too."""
    heard = [_alert(one) for one in card.alerts]
    silent = [f"{code(one)} was expected to fire and stayed silent." for one in card.silent]
    paged = "The program paged, because no alert had: detection is only a lower bound." if card.program_paged else ""
    judged = [one for one in card.trail if one.verdict != "not judged"]
    trail = [_trail(one) for one in judged]
    deaf = [f"Not readable: {_said(e, 'signal')}." for e in of_kind(events, "unreadable")]
    quiet = "" if card.alerts or card.silent or not card.faults else "No alert fired."
    blocks = bullets(*heard, *silent, quiet, paged, *trail, *deaf)
    asked = blocks and card.mode != "rehearsal" and card.faults
    more: tuple[Block, ...] = (Prompt("What was looked at first, and what did it show?"),) if asked else ()
    return Section("What told us", (*blocks, *more))


def _alert(one: AlertHeard) -> str:
    expected = "as expected" if one.expected else "which nobody had expected"
    return f"Alert {code(one.signal)} fired {say_duration(one.after)} after the fault, {expected}."


def _trail(one: Judged) -> str:
    told = f"that {plain(one.tells)}:" if one.tells and one.verdict == "met" else ""
    shown = f"{_shown(one.verdict)} {told}" if told else f"{_shown(one.verdict)}:"
    return f"The trail {shown} {plain(one.say or one.expected)} (n={one.n})."


def _shown(verdict: str) -> str:
    return {"met": "showed", "unmet": "did not show"}.get(verdict, "could not be read")


def _said(event: Event, otherwise: str) -> str:
    return plain(text(event.data, "say") or text(event.data, otherwise))


def _aim(one: Result) -> str:
    """`ic-announced` 31 s after `declared`, where the team's aim was 3 min."""
    if one.seconds is None:
        return f"{code(one.expect)} was absent, as {one.why.removeprefix('a ')}" if one.state == "absent" else ""
    aim = f"; the aim was {say_duration(one.within)}" if one.within is not None else ""
    return f"{code(one.expect)} came {say_duration(one.seconds)} after {code(one.of)}{aim}."


def well(events: Sequence[Event], card: Scorecard) -> Section:
    """Only what is known to have gone well; a script's times are no merit."""
    helped = [f"Help was asked for at {offset(e.happened - zero(events))}." for e in of_kind(events, "help")]
    reached = [_aim(one) for one in card.objectives if one.state == "seen" and not one.scripted]
    expected = {one.signal for one in card.alerts if one.expected}
    alarms = [f"{code(one)} fired when it should." for one in sorted(expected)]
    mitigated = card.span("mitigate")
    way = f"{code(card.way_out)} served users again while the fault stood." if _won(card) else ""
    held = "The hypothesis held." if card.held == "held" else ""
    took = card.span("revert").seconds
    clean = f"Everything was taken back and read back as gone{_in(took)}." if _clean(card) else ""
    served = f"Users were served again in {words.span(mitigated)}." if mitigated.state == "seen" else ""
    found = (*_spoken(events, "well"), held, *alarms, way, served, *reached, *helped, clean)
    return Section("What went well", bullets(*found))


def _in(seconds: float | None) -> str:
    return f" in {say_duration(seconds)}" if seconds is not None else ""


def _won(card: Scorecard) -> bool:
    return bool(card.way_out) and card.span("mitigate").state in ("seen", "scripted")


def _clean(card: Scorecard) -> bool:
    return bool(card.faults and card.steady_after) and card.exit != Exit.DIRTY


def learned(events: Sequence[Event], card: Scorecard) -> Section:
    """What differed from what was expected, then the debrief as spoken, then what only people can say."""
    unmet = [_unmet(one) for one in card.holds if one.verdict != "met" and card.faults]
    late = [_aim(one) for one in card.objectives if one.state in ("late", "absent")]
    unsaid = [one.expect for one in card.objectives if one.state == "not recorded"]
    unsaid_line = f"Not recorded, which is no miss: {', '.join(map(code, dict.fromkeys(unsaid)))}." if unsaid else ""
    bounds = [f"{_MEANT[one.name]}: {words.span(one)}." for one in card.spans if one.censored and one.name in _MEANT]
    near = [f"Near a guardrail: {_said(e, 'guardrail')}." for e in of_kind(events, "warned")]
    hard = f"Hints: {words.difficulty(card)}." if card.difficulty.hints else ""
    said = (*_spoken(events, "learned"), *_predictions(events))
    found = bullets(*said, *unmet, *late, *near, *bounds, hard, unsaid_line)
    return Section("What we learned", (*found, *_questions(events, card)))


def _unmet(one: Judged) -> str:
    prefix = "Did not hold" if one.verdict == "unmet" else "Could not be judged"
    said = f", {plain(one.say)} (n={one.n})" if one.say else ""
    return f"{prefix}: {plain(one.expected)}{said}."


_MEANT = {"detect": "Time to detect", "mitigate": "Time to mitigate", "recover": "Time to recover"}


def _predictions(events: Sequence[Event]) -> list[str]:
    return [f"Predicted before the fault: {quoted(text(e.data, 'say'))}" for e in of_kind(events, "prediction")]


def _questions(events: Sequence[Event], card: Scorecard) -> tuple[Block, ...]:
    if not card.faults:
        return (Prompt("What has to be in place before this can be tried again?"),)
    if card.mode == "rehearsal":
        return tuple(map(Prompt, _rehearsed(events)))
    return tuple(map(Prompt, (*planned(events).questions[:SCENARIOS_QUESTIONS], *_sense(events))))


def _rehearsed(events: Sequence[Event]) -> tuple[str, ...]:
    signals = dict.fromkeys(line.signal for line in planned(events).trail)
    trail = f"How would someone on call come to look at {' and '.join(map(code, signals))}?" if signals else ""
    return tuple(filter(None, (trail, "What differs from what we thought the system would do?")))


def _sense(events: Sequence[Event]) -> tuple[str, ...]:
    """How the last decision before the turn made sense: asked, never judged."""
    decided = list(of_kind(events, "decision"))
    if not decided:
        return ()
    found = decided[-1]
    return (f"At {clock(found)}, {quoted(text(found.data, 'say'))}: what made that the sensible thing to do?",)


def actions(events: Sequence[Event], card: Scorecard) -> Section:
    """What is owed at once, what the debrief asked for, and one blank. A team owns an action, no person does."""
    dirty = [
        f"{code(mark)} may still stand on its target: run {code('gameday halt')}." for mark in outstanding_marks(events)
    ]
    back = [f"To be put back: {item}." for item in owed(events)]
    steady = "" if card.steady_after or not _looked(events) else "Steady state has not returned: look at it first."
    missing = [f"Make {code(one)} fire for this." for one in card.silent]
    question = "What will be different, which team owns it, and by when?"
    found = bullets(*dirty, *back, steady, *_spoken(events, "actions"), *missing)
    return Section("Actions", (*found, Prompt(question)))


def _looked(events: Sequence[Event]) -> bool:
    return any(not flag(e.data, "holds") and text(e.data, "when") == "after" for e in of_kind(events, "steady"))


_HEADINGS = {"well": "well", "act": "actions", "point": "actions", "todo": "actions", "next": "actions"}


def _spoken(events: Sequence[Event], part: str) -> tuple[str, ...]:
    """The hot debrief's lines that belong to a section, as spoken."""
    lines = [e for e in of_kind(events, "debrief") if _belongs(text(e.data, "heading")) == part]
    return tuple(f"{quoted(text(e.data, 'say'))} (hot debrief)" for e in lines if text(e.data, "say"))


def _belongs(heading: str) -> str:
    known = heading.casefold()
    return next((part for word, part in _HEADINGS.items() if word in known), "learned")
