"""Screen before the start: what is read aloud, roles with reasons, predictions and preflight."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.text import Text

from gameday.model import Mode, Plan
from gameday.people.cast import Cast
from gameday.terminal.briefing_text import BRIEFING_SENTENCES
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter
from gameday.terminal.screen_header import BAD, GOOD, bar
from gameday.terminal.screen_layout import TALL
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_role

SOLO_SENTENCES = (
    "You respond alone; the program facilitates and plays support, executive and expert.",
    "Use your own tools in another terminal (in the demo, `gameday demo status` says where to look).",
    "Every five minutes you are asked what you think is happening.",
)
INFORMED_SENTENCE = "You know what will fail, so detection time is not measured."


def render_briefing(
    board: ScreenState, cast: Cast | None, width: int, height: int, glyphs: Glyphs, footer: Sequence[Text]
) -> list[Text]:
    """Render exactly `height` lines, with `footer` at the bottom."""
    fmt = LineFormatter(width, glyphs)
    ready, rows = list(_ready(board, fmt)), max(0, height - len(footer))
    body = [*bar(board, fmt, 3 if height >= TALL else 1), *_briefing(board, fmt), *_roles(cast, fmt)]
    body = [*body[: max(0, rows - len(ready))], *ready]  # however long the reasons are
    gap = [Text(end="")] * max(0, rows - len(body))
    return [*body[:rows], *gap, *footer]


def spoken_briefing(plan: Plan) -> list[str]:
    """Return what is read aloud, one or two sentences per line."""
    sentences = [*BRIEFING_SENTENCES]
    if plan.mode is Mode.SOLO:
        sentences += SOLO_SENTENCES
    if plan.informed:
        sentences.append(INFORMED_SENTENCE)
    return [sentence.format(which=f": {plan.drill}, in {plan.environment.name}") for sentence in sentences]


def _briefing(board: ScreenState, fmt: LineFormatter) -> Iterator[Text]:
    solo = board.plan.mode is Mode.SOLO
    yield fmt.heading("Before the start" if solo else "Read aloud")
    for sentence in spoken_briefing(board.plan):
        for index, line in enumerate(textwrap.wrap(sentence, fmt.width - 5)):
            yield fmt.line(f" {fmt.glyphs.dot if index == 0 else ' '} ", line)


def _roles(cast: Cast | None, fmt: LineFormatter) -> Iterator[Text]:
    """Render the roles by number: the key for a person who did not come."""
    if cast is None:
        return
    yield fmt.heading("Roles", "press a number: did not come")
    for number, (role, person) in enumerate(cast.holders(), 1):
        yield fmt.line(f" {number} {format_role(role):<12} ", (cast.name(person), "bold"))
    for role in cast.assignment.unfilled:
        yield fmt.line("   ", (f"{format_role(role):<12} unfilled", "dim"))
    for why in cast.assignment.reasons:
        yield fmt.line(("   " + why, "dim"))


def _ready(board: ScreenState, fmt: LineFormatter) -> Iterator[Text]:
    count = board.responders.prediction_count
    yield fmt.heading("Predictions and preflight")
    who = "Submit a prediction" if board.plan.mode is Mode.SOLO else "Everyone submits a prediction"
    yield fmt.line(f" {who}: key y, or gameday predict ... ({count} submitted)")
    if board.preflight_passed:
        yield fmt.line(" ", ("Preflight passed. Key b starts the drill.", f"bold {GOOD}"))
        return
    if board.preflight_failed:
        yield fmt.line(" ", ("NOT ready. What to do is shown after this screen closes.", BAD))
    else:
        yield fmt.line(f" Preflight: {board.preflight_checks} checks passed; measuring the baseline ...")
