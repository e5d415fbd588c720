"""The review as one page: no script, no link to outside, everything people said escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gameday.events import Event
from gameday.model import Reading
from gameday.review.assemble import anonymize_events, document
from gameday.review.chart import picture
from gameday.review.document import Form, render_marks
from gameday.scorecards.render import render
from gameday.scorecards.scorecard import Scorecard

_MARKS = ("<code>", "</code>", "<strong>", "</strong>")


def page(
    events: Sequence[Event], readings: Sequence[Reading], card: Scorecard, names: Mapping[str, str] | None = None,
    form: Form = "light",
) -> str:  # fmt: skip
    """The whole page as HTML text. `names`: name or handle to role."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup, escape

    def text(said: str) -> Markup:
        return Markup(render_marks(said, lambda raw: str(escape(raw)), _MARKS))  # noqa: S704 - escaped just before

    found = Environment(loader=PackageLoader("gameday.review", "."), autoescape=True, undefined=StrictUndefined)
    found.filters["text"] = text
    made = document(events, card, names, form)
    drawing = Markup(picture(anonymize_events(events, names or {}), readings))  # noqa: S704 - matplotlib escapes its texts
    return found.get_template("page.html.j2").render(
        title=made.title, banner=made.banner, front=made.front, blanks=made.blanks, sections=made.sections,
        picture=drawing, figures=render(card),
    )  # fmt: skip
