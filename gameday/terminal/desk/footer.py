"""Footer of the desk: the open prompt, or the latest answer, how to stop, and the keys that work now."""

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


def render_footer(
    prompt: Prompt | None,
    keys: Sequence[Key],
    board: ScreenState,
    glyphs: Glyphs,
    width: int,
    message: str,
    *,
    orphaned: bool,
) -> list[Text]:
    """Render one to three rows; a prompt takes as many as its question needs."""
    fmt = LineFormatter(width, glyphs)
    if prompt is not None:
        return [fmt.line(" ", (row, COMING)) for row in textwrap.wrap(prompt.label(), width - 2)]
    answer = [fmt.line(" ", (message, BAD if message.startswith("NOT") else GOOD))] if message else []
    return [*answer, _stop_line(board, fmt, orphaned=orphaned), _keys(keys, fmt)]


ORPHANED = "The runner has ended. Its faults are being reverted; see: gameday status"


def _stop_line(board: ScreenState, fmt: LineFormatter, *, orphaned: bool) -> Text:
    """Render how to stop the drill, or what happens instead."""
    if orphaned:
        return fmt.line(" ", (ORPHANED, BAD))
    stop = fmt.line(" ", ("! stops and reverts all faults; in any terminal: gameday stop", "bold"))
    return ending(board, fmt) or stop


def _keys(keys: Sequence[Key], fmt: LineFormatter) -> Text:
    """Render as many keys as fit; the key to leave is always among them."""
    labels = [(key.press, key.shown, f" {key.short}  ") for key in keys if key.short]
    room = fmt.width - 1 - sum(len(shown + does) for press, shown, does in labels if press == LEAVE)
    pieces: list[StyledText] = [" "]
    for press, shown, does in labels:
        room -= 0 if press == LEAVE else len(shown + does)
        if room >= 0 or press == LEAVE:
            pieces += [(shown, "bold"), does]
    return fmt.line(*pieces)


def help_lines(keys: Sequence[Key], glyphs: Glyphs, width: int, height: int) -> list[Text]:
    """Render all keys in two columns."""
    fmt = LineFormatter(width, glyphs)
    half = (len(keys) + 1) // 2
    column_width = width // 2
    rows = [fmt.heading("Keys", "any key closes")]
    for index in range(half):
        pair = [keys[index], *keys[index + half : index + half + 1]]
        pieces: list[StyledText] = []
        for key in pair:
            pieces += [fmt.column(f"  {key.shown}", 12, "bold"), fmt.column(key.does, column_width - 12)]
        rows.append(fmt.line(*pieces))
    return (rows + [Text(end="")] * height)[:height]
