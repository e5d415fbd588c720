"""The review as one page, from the Markdown that the team completes: no script, and nothing fetched from elsewhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from gameday.events import Event
from gameday.model import Reading
from gameday.review.assemble import anonymize_events
from gameday.review.chart import draw_chart
from gameday.review.chart_layout import NARROW, WIDE
from gameday.review.rendered_markdown import markdown_to_html
from gameday.scorecards.render import render_scorecard
from gameday.scorecards.scorecard import Scorecard

PICTURE = "picture"
"""The id of the chart on the page: a draft links to it."""
_JOINERS = "\u200c\u200d"
"""Invisible characters that change the letters around them, as in Persian and in emoji."""


def render_page(
    markdown: str, events: Sequence[Event], readings: Sequence[Reading], card: Scorecard,
    names: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Return the whole page as HTML. `markdown`: the review as it is now; `names`: name or handle to role."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    anonymous = anonymize_events(events, names or {})
    templates = Environment(loader=PackageLoader("gameday.review", "."), autoescape=True, undefined=StrictUndefined)
    charts = "".join(
        f'<div class="{layout.name}">{draw_chart(anonymous, readings, layout)}</div>' for layout in (WIDE, NARROW)
    )
    legend = "<figcaption>Dashed: baseline. ×: failed reading.</figcaption>"
    figure = f'<figure id="{PICTURE}">{charts}{legend}</figure>'
    review = markdown_to_html(_visible(markdown), f"{card.drill}.html#{PICTURE}", figure)
    return templates.get_template("page.html.j2").render(
        review=review, figure=figure, drill=card.drill, figures=render_scorecard(card)
    )


def _visible(text: str) -> str:
    """Return the text without control characters and marks that reorder what is shown; lines stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        letter
        for letter in lines
        if letter in "\n\t" + _JOINERS or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
    )
