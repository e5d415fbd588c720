"""A drill's review as a document: front matter and its sections, five or sixteen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gameday.events import Event, read_plan
from gameday.review.anonymize import name_replacer
from gameday.review.document import Document, Form, Section, plain
from gameday.review.sections import findings, fixed, impact, reflection, story
from gameday.review.time_format import day, due
from gameday.scorecards import scorecard_text
from gameday.scorecards.scorecard import Scorecard

SectionBuilder = Callable[[Sequence[Event], Scorecard], Section]

LIGHT: tuple[SectionBuilder, ...] = (
    story.story_section,
    findings.detection_section,
    findings.went_well_section,
    findings.lessons_section,
    findings.actions_section,
)
"""For every drill: what it says of itself and at most five blanks. A section without content is left out."""

FULL: tuple[SectionBuilder, ...] = (
    fixed.prime_directive_section,
    story.summary,
    story.hypothesis,
    impact.impact,
    impact.detection_section,
    story.timeline,
    reflection.reasoning_section,
    reflection.well,
    reflection.difficulties_section,
    impact.near_misses_section,
    reflection.factors_section,
    reflection.learned,
    reflection.actions,
    fixed.response_process_section,
    fixed.statement_section,
    fixed.glossary_section,
)
"""For a drill worth an hour together: an empty section stays, because its question is the point."""

_DRILL = "DRILL. This was practice, no real incident."
BANNERS: dict[Form, str] = {
    "light": f"{_DRILL} We ask what and how, and take it that everyone did what made sense with what they knew then.",
    "full": _DRILL,
}
OWNER = ("owner", "one owner, preferably not the IC")


def document(
    events: Sequence[Event], card: Scorecard, names: Mapping[str, str] | None = None, form: Form = "light"
) -> Document:
    """The review of a drill. `names`: name or handle to role, put in the place of names people said."""
    said = anonymize_events(events, names or {})
    full = form == "full"
    made = tuple(section(said, card) for section in (FULL if full else LIGHT))
    place = f" in {plain(card.environment)}" if card.environment else ""
    title = f"{plain(card.scenario) or card.drill}{place}, {day(card.began)}"
    kept = made if full else tuple(filter(_has_content, made))
    return Document(form, _front_matter(said, card), (OWNER,) if full else (), title, BANNERS[form], kept)


def anonymize_events(events: Sequence[Event], names: Mapping[str, str]) -> tuple[Event, ...]:
    """The same events with roles in the place of names, in everything that was said."""
    change = name_replacer(names)
    return tuple(replace(event, body=event.body.map_text(change)) for event in events)


def _front_matter(events: Sequence[Event], card: Scorecard) -> tuple[tuple[str, str], ...]:
    ended = card.ended if card.ended is not None else card.began
    return (
        ("id", card.drill), ("drill", "true"), ("scenario", card.scenario), ("type", card.type),
        ("mode", scorecard_text.mode(card).partition(":")[0]), ("environment", card.environment), ("status", "Draft"),
        ("review due", due(ended, _charter(events))),
    )  # fmt: skip


def _charter(events: Sequence[Event]) -> float | None:
    """The team's own time for a review, in seconds, where its charter was planned with one."""
    return read_plan(events).charter.get("review")


def _has_content(section: Section) -> bool:
    return bool(section.blocks)
