"""Screen before the start: briefing, roles with reasons, predictions and preflight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from gameday.files.project import DEMO
from gameday.model import Mode, Plan
from gameday.people.cast import Cast
from gameday.terminal.briefing_text import briefing_sentences
from gameday.terminal.desk.prompt import ROLES
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter
from gameday.terminal.screen_header import BAD, GOOD, format_preflight_wait, render_title_bar
from gameday.terminal.screen_layout import TALL
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_role

DEMO_SENTENCE = " `gameday demo status` shows where to look."
INFORMED_SENTENCE = "You know what will fail, so detection time is not measured."


def render_briefing(
    board: ScreenState, cast: Cast | None, width: int, height: int, glyphs: Glyphs, footer: Sequence[Text], *,
    facilitates: bool,
) -> list[Text]:  # fmt: skip
    """Render exactly `height` lines, with `footer` at the bottom."""
    fmt = LineFormatter(width, glyphs)
    ready, rows = list(_ready(board, fmt, facilitates)), max(0, height - len(footer))
    tall = height >= TALL
    space = [Text(end="")] * tall
    head = render_title_bar(board, fmt, 3 if tall else 1)
    body = [*head, *space, *_briefing(board, fmt), *space, *_roles(cast, fmt, facilitates), *space * (cast is not None)]
    body = [*body[: max(0, rows - len(ready))], *ready]  # however long the reasons are
    gap = [Text(end="")] * max(0, rows - len(body))
    return [*body[:rows], *gap, *footer]


def spoken_briefing(plan: Plan, *, has_keys: bool = True) -> list[str]:
    """Return the briefing, one or two sentences per line; without `has_keys` it names none."""
    sentences = briefing_sentences(f": {plan.drill}, in {plan.environment.name}", has_keys=has_keys)
    if plan.mode is Mode.SOLO:
        sentences += _solo_sentences(plan.environment.name)
    if plan.informed:
        sentences.append(INFORMED_SENTENCE)
    return sentences


def _solo_sentences(environment: str) -> list[str]:
    return [
        "You are the only responder. gameday facilitates, and plays support, executive and expert.",
        f"Use your own tools in another terminal.{DEMO_SENTENCE if environment == DEMO else ''}",
        "Every five minutes you are asked what you think is happening.",
    ]


def starter_text(mode: Mode) -> str:
    """Return who starts the drill, for a terminal that cannot."""
    return (
        "Start it in the terminal that ran gameday run." if mode is Mode.SOLO else "The facilitator starts the drill."
    )


def _briefing(board: ScreenState, fmt: LineFormatter) -> Iterator[Text]:
    solo = board.plan.mode is Mode.SOLO
    yield fmt.heading("Before the start" if solo else "Read aloud")
    for sentence in spoken_briefing(board.plan):
        yield from fmt.wrap(f" {fmt.glyphs.dot} ", sentence, indent=3)
    if follow_up := board.responders.messages:
        yield fmt.heading("From earlier drills")
    for message in follow_up:  # nothing else is sent before the start
        yield from fmt.wrap(f" {fmt.glyphs.dot} ", message.what, indent=3)


def _roles(cast: Cast | None, fmt: LineFormatter, facilitates: bool) -> Iterator[Text]:
    """Render the roles by their digit: the facilitator's key for a person who did not come."""
    if cast is None:
        return
    yield fmt.heading("Roles", "press a number to mark a person absent" if facilitates else "")
    for role, person in sorted(cast.holders(), key=lambda holder: ROLES.index(holder[0])):
        yield fmt.line(f" {ROLES.index(role) + 1} {format_role(role):<12} ", (cast.name(person), "bold"))
    for role in cast.assignment.unfilled:
        yield fmt.line("   ", (f"{format_role(role):<12} unfilled", "dim"))
    for why in cast.assignment.reasons:
        yield from fmt.wrap(("   " + why, "dim"), indent=3)


def _ready(board: ScreenState, fmt: LineFormatter, facilitates: bool) -> Iterator[Text]:
    count = board.responders.prediction_count
    yield fmt.heading("Predictions and preflight")
    sentence = "Submit a prediction" if board.plan.mode is Mode.SOLO else "Everyone submits a prediction"
    yield fmt.line(f" {sentence}: press y, or run gameday predict ({count} submitted)")
    if board.preflight_passed:
        start = "Press b to start the drill." if facilitates else starter_text(board.plan.mode)
        yield fmt.line(" ", (f"Preflight passed. {start}", f"bold {GOOD}"))
        return
    if board.preflight_failed:
        yield fmt.line(" ", ("Preflight FAILED. Details are printed when this screen closes.", BAD))
    else:
        waits = format_preflight_wait(board) or "begins"
        yield from fmt.wrap(f" Preflight: {board.preflight_checks} checks passed; {waits}", indent=1)
