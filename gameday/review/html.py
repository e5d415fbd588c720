"""The review as one page, from the Markdown that the team completes: no script, and nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gameday.events import Event
from gameday.model import Reading
from gameday.printable import strip_hidden
from gameday.review.assemble import events_for_review
from gameday.review.chart import draw_chart
from gameday.review.chart_layout import NARROW, WIDE
from gameday.review.rendered_markdown import markdown_to_html
from gameday.scorecards.render import render_scorecard
from gameday.scorecards.scorecard import Scorecard

PICTURE = "picture"
"""The id of the chart on the page: a draft links to it."""


def render_page(
    markdown: str, events: Sequence[Event], readings: Sequence[Reading], card: Scorecard,
    names: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Return the whole page as HTML. `markdown`: the review as it is now; `names`: name or handle to role."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    shown = events_for_review(events, names)
    templates = Environment(loader=PackageLoader("gameday.review", "."), autoescape=True, undefined=StrictUndefined)
    charts = "".join(
        f'<div class="{layout.name}">{draw_chart(shown, readings, layout)}</div>' for layout in (WIDE, NARROW)
    )
    legend = "<figcaption>Dashed: baseline. ×: failed reading.</figcaption>"
    figure = f'<figure id="{PICTURE}">{charts}{legend}</figure>'
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n")
    review = markdown_to_html(strip_hidden(lines), f"{card.drill}.html#{PICTURE}", figure)
    page = templates.get_template("page.html.j2").render(
        review=review, figure=figure, drill=card.drill, figures=render_scorecard(card)
    )
    return strip_hidden(page)
