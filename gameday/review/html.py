"""The review as one page: no script, no external link, everything people said escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gameday.events import Event
from gameday.model import Reading
from gameday.review.assemble import anonymize_events, build_document
from gameday.review.chart import draw_chart
from gameday.review.document import Form, render_marks
from gameday.scorecards.render import render_scorecard
from gameday.scorecards.scorecard import Scorecard

_MARKS = ("<code>", "</code>", "<strong>", "</strong>")


def render_page(
    events: Sequence[Event], readings: Sequence[Reading], card: Scorecard, names: Mapping[str, str] | None = None,
    form: Form = "light",
) -> str:  # fmt: skip
    """Return the whole page as HTML. `names`: name or handle to role."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup, escape

    def format_text(text: str) -> Markup:
        return Markup(render_marks(text, lambda raw: str(escape(raw)), _MARKS))  # noqa: S704 - escaped just before

    templates = Environment(loader=PackageLoader("gameday.review", "."), autoescape=True, undefined=StrictUndefined)
    templates.filters["text"] = format_text
    review = build_document(events, card, names, form)
    chart = Markup(draw_chart(anonymize_events(events, names or {}), readings))  # noqa: S704 - matplotlib escapes its texts
    return templates.get_template("page.html.j2").render(
        title=review.title, banner=review.banner, front=review.front, blanks=review.blanks, sections=review.sections,
        picture=chart, figures=render_scorecard(card),
    )  # fmt: skip
