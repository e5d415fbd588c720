"""What stands on the screen before STARTEX: what is read aloud, who plays what and why, how far preflight is."""

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

ALONE = (
    "You respond alone; the program facilitates, and plays support, executive and expert.",
    "Use your own tools in another terminal (in the demo, `gameday demo status` says where to look).",
    "Every five minutes you are asked what you think is happening.",
)
INFORMED = "You know what will fail: how long you take to notice is not measured."


def briefing_frame(
    board: ScreenState, cast: Cast | None, width: int, height: int, signs: Glyphs, foot: Sequence[Text]
) -> list[Text]:
    """Exactly `height` lines."""
    pen = LineFormatter(width, signs)
    ready, rows = list(_ready(board, pen)), max(0, height - len(foot))
    body = [*bar(board, pen, 3 if height >= TALL else 1), *_aloud(board, pen), *_roles(cast, pen)]
    body = [*body[: max(0, rows - len(ready))], *ready]  # what comes next is there, however many reasons there are
    gap = [Text(end="")] * max(0, rows - len(body))
    return [*body[:rows], *gap, *foot]


def spoken_briefing(plan: Plan) -> list[str]:
    """What is read aloud, a sentence or two a line."""
    words = (*BRIEFING_SENTENCES, *(ALONE if plan.mode is Mode.SOLO else ()), *((INFORMED,) if plan.informed else ()))
    return [said.format(which=f": {plan.drill}, in {plan.environment.name}") for said in words]


def _aloud(board: ScreenState, pen: LineFormatter) -> Iterator[Text]:
    alone = board.plan.mode is Mode.SOLO
    yield pen.heading("Before it begins" if alone else "Read aloud")
    for said in spoken_briefing(board.plan):
        for index, line in enumerate(textwrap.wrap(said, pen.width - 5)):
            yield pen.line(f" {pen.signs.dot if index == 0 else ' '} ", line)


def _roles(cast: Cast | None, pen: LineFormatter) -> Iterator[Text]:
    """By number: the key of who did not come."""
    if cast is None:
        return
    yield pen.heading("Roles", "a digit: did not come")
    for number, (role, person) in enumerate(cast.holders(), 1):
        yield pen.line(f" {number} {format_role(role):<12} ", (cast.name(person), "bold"))
    for role in cast.assignment.unfilled:
        yield pen.line("   ", (f"{format_role(role):<12} nobody", "dim"))
    for why in cast.assignment.reasons:
        yield pen.line(("   " + why, "dim"))


def _ready(board: ScreenState, pen: LineFormatter) -> Iterator[Text]:
    sealed = board.responders.prediction_count
    yield pen.heading("Predictions and preflight")
    who = "Seal one line" if board.plan.mode is Mode.SOLO else "Everybody seals one line"
    yield pen.line(f" {who}: key y, or gameday predict ... ({sealed} sealed)")
    if board.preflight_passed:
        yield pen.line(" ", ("Preflight is well. Key b begins: STARTEX.", f"bold {GOOD}"))
        return
    if board.preflight_failed:
        yield pen.line(" ", ("NOT ready. What to do is said when this screen has closed.", BAD))
    else:
        yield pen.line(f" Preflight: {board.preflight_checks} checks passed; measuring the baseline ...")
