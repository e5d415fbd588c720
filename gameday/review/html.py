"""The review as one page, from the Markdown that the team completes: no script, and nothing fetched from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

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
    figure = f'<figure id="{PICTURE}">{_draw_charts(shown, readings)}</figure>'
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n")
    review = markdown_to_html(strip_hidden(lines), f"{card.drill}.html#{PICTURE}", figure)
    page = templates.get_template("page.html.j2").render(
        review=review, figure=figure, drill=card.drill, figures=render_scorecard(card)
    )
    return strip_hidden(page)


def _draw_charts(events: Sequence[Event], readings: Sequence[Reading]) -> str:
    """Return both charts and their legend; without the plot library a note, so that there is a page all the same."""
    try:
        charts = [(layout.name, draw_chart(events, readings, layout)) for layout in (WIDE, NARROW)]
    except ImportError as error:  # such as a shared library that a small image lacks
        reason = escape(_first_cause(error))
        return f"<figcaption>The picture could not be drawn: the plot library does not load ({reason}).</figcaption>"
    divisions = "".join(f'<div class="{name}">{chart}</div>' for name, chart in charts)
    return f"{divisions}<figcaption>Dashed: baseline. ×: failed reading.</figcaption>"


def _first_cause(error: BaseException) -> str:
    """Return the first line of the error that the others were raised from: libraries add pages of advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    return next(iter(str(error).splitlines()), type(error).__name__)
