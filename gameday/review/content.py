"""A drill's review as a document: front matter and five sections, those without content left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gameday.model import Event, Json, Reading
from gameday.review.clock import day, due
from gameday.review.document import Document, Section, plain
from gameday.review.findings import actions, learned, told, well
from gameday.review.happened import happened
from gameday.review.names import to_roles
from gameday.scorecards import words
from gameday.scorecards.card import Scorecard
from gameday.scorecards.signals import signal_kinds

BANNER = (
    "DRILL. This was practice, no real incident. We ask what and how, and take it that everyone did what made sense "
    "with what they knew then."
)


def document(
    events: Sequence[Event], readings: Sequence[Reading], card: Scorecard, names: Mapping[str, str] | None = None
) -> Document:
    """The review of a drill. `names`: name or handle to role, put in the place of names people said."""
    said = nameless(events, names or {})
    kinds = signal_kinds(said, readings)
    sections = (happened(said, card, kinds), told(said, card), well(said, card), learned(said, card),
                actions(said, card))  # fmt: skip
    place = f" in {plain(card.environment)}" if card.environment else ""
    title = f"{plain(card.scenario) or card.drill}{place}, {day(card.began)}"
    return Document(_front(card), title, BANNER, tuple(filter(_has_content, sections)))


def nameless(events: Sequence[Event], names: Mapping[str, str]) -> tuple[Event, ...]:
    """The same events with roles in the place of names, in everything that was said."""
    change = to_roles(names)
    return tuple(replace(event, data={key: _renamed(value, change) for key, value in event.data.items()})
                 for event in events)  # fmt: skip


def _renamed(value: Json, change: Callable[[str], str]) -> Json:
    return change(value) if isinstance(value, str) else value


def _front(card: Scorecard) -> tuple[tuple[str, str], ...]:
    return (
        ("id", card.drill), ("drill", "true"), ("scenario", card.scenario), ("type", card.type),
        ("mode", words.mode(card).partition(":")[0]), ("environment", card.environment), ("status", "Draft"),
        ("review due", due(card.ended if card.ended is not None else card.began)),
    )  # fmt: skip


def _has_content(section: Section) -> bool:
    return bool(section.blocks)
