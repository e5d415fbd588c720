"""A drill's review as a document: front matter and its sections, of the light form or the full one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from gameday.events import Event
from gameday.review.document import Form, ReviewDocument, Section, plain
from gameday.review.event_text import format_day
from gameday.review.sections import closing_sections, impact, learning, reflection, story
from gameday.scorecards import scorecard_text
from gameday.scorecards.impact_attribution import attributable_events
from gameday.scorecards.scorecard import Scorecard

SectionBuilder = Callable[[Sequence[Event], Scorecard], Section]

LIGHT: tuple[SectionBuilder, ...] = (
    story.summary,
    learning.detection,
    story.timeline,
    learning.went_well,
    learning.difficulties,
    learning.contributing_factors,
    learning.lessons,
    learning.action_items,
)
"""For every drill: what the log knows, and at most five blanks. A section without content is left out."""

FULL: tuple[SectionBuilder, ...] = (
    closing_sections.prime_directive,
    story.full_summary,
    story.hypothesis,
    impact.impact,
    impact.full_detection,
    story.full_timeline,
    reflection.decisions,
    reflection.full_went_well,
    reflection.full_difficulties,
    impact.near_misses,
    reflection.full_contributing_factors,
    reflection.full_lessons,
    reflection.full_action_items,
    closing_sections.response_process,
    closing_sections.shareable_statements,
    closing_sections.glossary,
)
"""For a drill that deserves an hour together: an empty section stays, because its question is the point."""

_DRILL = "DRILL. This was an exercise, not a real incident."
BANNERS: dict[Form, str] = {
    "light": f"{_DRILL} We ask what and how, and assume that everyone did what made sense with what they knew then.",
    "full": _DRILL,
}
OWNER = ("owner", "one owner, preferably not the IC")


def build_document(
    events: Sequence[Event], card: Scorecard, names: Mapping[str, str] | None = None, form: Form = "light"
) -> ReviewDocument:
    """Return the review of a drill. `names`: name or handle to role, which replaces names that people said."""
    shown = events_for_review(events, names)
    is_full = form == "full"
    sections = tuple(build(shown, card) for build in (FULL if is_full else LIGHT))
    place = f" in {plain(card.environment)}" if card.environment else ""
    title = f"{plain(card.scenario) or card.drill}{place}, {format_day(card.began)}"
    kept = sections if is_full else tuple(section for section in sections if section.blocks)
    return ReviewDocument(form, _front_matter(card), (OWNER,) if is_full else (), title, BANNERS[form], kept)


def events_for_review(events: Sequence[Event], names: Mapping[str, str] | None) -> tuple[Event, ...]:
    """Return the events as review and page show them: roles for names, and no impact that no fault caused."""
    return anonymize_events(attributable_events(events), names or {})


def anonymize_events(events: Sequence[Event], names: Mapping[str, str]) -> tuple[Event, ...]:
    """Return the same events with roles in place of names, in everything that people said."""
    change = name_replacer(names)
    return tuple(replace(event, body=event.body.map_text(change)) for event in events)


def name_replacer(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return a function that replaces each name by its role: whole words, in any case, longer names first."""
    if not names:
        return str
    longest = sorted(names, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)@?(" + "|".join(map(re.escape, longest)) + r")(?!\w)", re.IGNORECASE)
    roles = {name.casefold(): role for name, role in names.items()}
    return lambda text: pattern.sub(lambda match: f"the {roles[match[1].casefold()]}", text)


def _front_matter(card: Scorecard) -> tuple[tuple[str, str], ...]:
    return (
        ("id", card.drill), ("drill", "true"), ("scenario", card.scenario), ("type", card.type),
        ("mode", f"{card.mode}, informed" if card.informed else card.mode), ("environment", card.environment),
        ("status", "Draft"), ("review due", scorecard_text.format_review_due(card)),
    )  # fmt: skip
