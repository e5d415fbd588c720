"""The last rows of the desk: what is asked, what was answered, which keys mean something now."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.text import Text

from gameday.terminal.desk.keymap import Key
from gameday.terminal.desk.prompt import Prompt
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import BAD, COMING, GOOD, ending
from gameday.terminal.screen_state import ScreenState

LEAVE = "q"


def foot(
    form: Prompt | None,
    keys: Sequence[Key],
    board: ScreenState,
    signs: Glyphs,
    width: int,
    news: str,
    *,
    orphaned: bool,
) -> list[Text]:
    """One to three rows: a form takes as many as its question needs. `keys`: those that mean something now."""
    pen = LineFormatter(width, signs)
    if form is not None:
        return [pen.line(" ", (row, COMING)) for row in textwrap.wrap(form.label(), width - 2)]
    said = [pen.line(" ", (news, BAD if news.startswith("NOT") else GOOD))] if news else []
    return [*said, _standing(board, pen, orphaned=orphaned), _keys(keys, pen)]


ORPHANED = "Its runner has ended. What it left is being put back; see: gameday status"


def _standing(board: ScreenState, pen: LineFormatter, *, orphaned: bool) -> Text:
    """How to stop it, or what it is doing instead."""
    if orphaned:
        return pen.line(" ", (ORPHANED, BAD))
    stop = pen.line(" ", ("! stops and puts everything back; in any terminal: gameday stop", "bold"))
    return ending(board, pen) or stop


def _keys(keys: Sequence[Key], pen: LineFormatter) -> Text:
    """As many as fit; how to leave is among them."""
    words = [(key.press, key.shown, f" {key.short}  ") for key in keys if key.short]
    room = pen.width - 1 - sum(len(sign + does) for press, sign, does in words if press == LEAVE)
    pieces: list[StyledText] = [" "]
    for press, sign, does in words:
        room -= 0 if press == LEAVE else len(sign + does)
        if room >= 0 or press == LEAVE:
            pieces += [(sign, "bold"), does]
    return pen.line(*pieces)


def help_lines(keys: Sequence[Key], signs: Glyphs, width: int, height: int) -> list[Text]:
    """All of them, in two columns."""
    pen = LineFormatter(width, signs)
    half = (len(keys) + 1) // 2
    wide = width // 2
    rows = [pen.heading("Keys", "any key goes back")]
    for index in range(half):
        pair = [keys[index], *keys[index + half : index + half + 1]]
        pieces: list[StyledText] = []
        for key in pair:
            pieces += [pen.column(f"  {key.shown}", 12, "bold"), pen.column(key.does, wide - 12)]
        rows.append(pen.line(*pieces))
    return (rows + [Text(end="")] * height)[:height]
