"""The sections `What told us`, `What went well`, `What we learned` and `Actions`."""

from __future__ import annotations

from collections.abc import Sequence

from gameday.errors import Exit
from gameday.model import Event
from gameday.review.clock import clock, offset
from gameday.review.document import Block, Prompt, Section, bullets, code, quoted
from gameday.review.happened import owed, unnamed
from gameday.review.lines import (
    aim,
    alert,
    bounds,
    deaf,
    hints,
    late,
    near,
    predictions,
    spoken,
    trail,
    unmet,
    unsaid,
)
from gameday.scorecards import words
from gameday.scorecards.card import Scorecard
from gameday.scorecards.look import flag, of_kind, planned, text, zero
from gameday.store.outstanding import outstanding_marks
from gameday.units import say_duration

SCENARIOS_QUESTIONS = 2
"""How many of a scenario's own questions become blanks of the light review."""


def told(events: Sequence[Event], card: Scorecard) -> Section:
    """Alerts, the page, the trail: what could be seen. What stayed silent too."""
    heard = [alert(one) for one in card.alerts]
    silent = [f"{code(one)} was expected to fire and stayed silent." for one in card.silent]
    paged = "The program paged, because no alert had: detection is only a lower bound." if card.program_paged else ""
    judged = [trail(one) for one in card.trail if one.verdict != "not judged"]
    quiet = "" if card.alerts or card.silent or not card.faults else "No alert fired."
    blocks = bullets(*heard, *silent, quiet, paged, *judged, *deaf(events))
    asked = blocks and card.mode != "rehearsal" and card.faults
    more: tuple[Block, ...] = (Prompt("What was looked at first, and what did it show?"),) if asked else ()
    return Section("told", "What told us", (*blocks, *more))


def well(events: Sequence[Event], card: Scorecard) -> Section:
    """Only what is known to have gone well; a script's times are no merit."""
    helped = [f"Help was asked for at {offset(e.happened - zero(events))}." for e in of_kind(events, "help")]
    reached = [aim(one) for one in card.objectives if one.state == "seen" and not one.scripted]
    expected = {one.signal for one in card.alerts if one.expected}
    alarms = [f"{code(one)} fired when it should." for one in sorted(expected)]
    mitigated = card.span("mitigate")
    way = f"{code(card.served_by)} served users again." if _won(card) else ""
    held = "The hypothesis held." if card.held == "held" else ""
    took = card.span("revert").seconds
    clean = f"Everything was taken back and read back as gone{_in(took)}." if _clean(card) else ""
    served = f"Users were served again in {words.span(mitigated)}." if mitigated.state == "seen" else ""
    found = (*spoken(events, "well"), held, *alarms, way, served, *reached, *helped, clean)
    return Section("well", "What went well", bullets(*found))


def _in(seconds: float | None) -> str:
    return f" in {say_duration(seconds)}" if seconds is not None else ""


def _won(card: Scorecard) -> bool:
    return bool(card.served_by) and card.span("mitigate").state in ("seen", "scripted")


def _clean(card: Scorecard) -> bool:
    return bool(card.faults and card.steady_after) and not (card.gone_with or card.left) and card.exit != Exit.DIRTY


def learned(events: Sequence[Event], card: Scorecard) -> Section:
    """What differed from what was expected, then the debrief as spoken, then what only people can say."""
    found = bullets(
        *spoken(events, "learned"), *predictions(events), *unmet(card), *late(card), *near(events), *bounds(card),
        hints(card), unsaid(card),
    )  # fmt: skip
    own = questions(events, card)
    asked = (*own[:SCENARIOS_QUESTIONS], *_sense(events)) if card.faults and card.mode != "rehearsal" else own
    return Section("learned", "What we learned", (*found, *map(Prompt, asked)))


def questions(events: Sequence[Event], card: Scorecard) -> tuple[str, ...]:
    """What this drill in particular leaves to ask: the scenario's own questions, where people took part."""
    if not card.faults:
        return ("What has to be in place before this can be tried again?",)
    return _rehearsed(events) if card.mode == "rehearsal" else planned(events).questions


def _rehearsed(events: Sequence[Event]) -> tuple[str, ...]:
    signals = dict.fromkeys(line.signal for line in planned(events).trail)
    looked = f"How would someone on call come to look at {' and '.join(map(code, signals))}?" if signals else ""
    return tuple(filter(None, (looked, "What differs from what we thought the system would do?")))


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
    dirty += [
        f"{code(mark)} was closed by hand, and nobody has read it back: is its target well?" for mark in card.given_up
    ]
    back = [f"To be put back: {item}." for item in owed(events)]
    back += [f"{line}." for line in unnamed(events)]
    steady = "" if card.steady_after or not _looked(events) else "Steady state has not returned: look at it first."
    missing = [f"Make {code(one)} fire for this." for one in card.silent]
    question = "What will be different, which team owns it, and by when?"
    found = bullets(*dirty, *back, steady, *spoken(events, "actions"), *missing)
    return Section("actions", "Actions", (*found, Prompt(question)))


def _looked(events: Sequence[Event]) -> bool:
    return any(not flag(e.data, "holds") and text(e.data, "when") == "after" for e in of_kind(events, "steady"))
