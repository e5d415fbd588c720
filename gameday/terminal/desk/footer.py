"""Footer of the desk: the open prompt, or answer, how to stop, and keys."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.text import Text

from gameday.drill.control.client import STOP_CONFIRMATION
from gameday.drill.facilitator import STOP_DECISION_S
from gameday.model import Phase
from gameday.terminal.desk.keymap import Key, Stage
from gameday.terminal.desk.prompt import Prompt
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import BAD, COMING, GOOD, render_ending
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_remaining

LEAVE = "q"
PASTE_IGNORED = "Pasted text ignored"
FAILURES = ("NOT", "Rejected", PASTE_IGNORED)
"""Beginnings of the answers that say that something was not done."""
NO_BREAK = "\u00a0"
"""Space that keeps a number and the first word of its choice on one line."""


def render_footer(
    prompt: Prompt | None,
    keys: Sequence[Key],
    board: ScreenState,
    glyphs: Glyphs,
    width: int,
    message: str,
    *,
    orphaned: bool,
    facilitates: bool,
    key_rows: int = 1,
) -> list[Text]:
    """Render the open prompt, or answer, how to stop, and keys in `key_rows`."""
    fmt = LineFormatter(width, glyphs)
    if prompt is not None:
        rows = textwrap.wrap(prompt.label(NO_BREAK), width - 2, break_on_hyphens=False)
        return [fmt.line(" ", (row.replace(NO_BREAK, " "), COMING)) for row in rows]
    if message == STOP_CONFIRMATION and board.state.stop.awaits_decision:
        message = ""  # the question says what has become of it
    answer = fmt.wrap(" ", (message, BAD if message.startswith(FAILURES) else GOOD), indent=1) if message else []
    return [*answer, *_stop_lines(board, fmt, orphaned, facilitates), *_keys(keys, fmt, key_rows)]


ORPHANED = "The runner has ended. Its faults are being reverted; see: gameday status"


def _stop_lines(board: ScreenState, fmt: LineFormatter, orphaned: bool, facilitates: bool) -> list[Text]:
    """Render how to stop the drill, or what happens instead."""
    if orphaned:
        return fmt.wrap(" ", (ORPHANED, BAD), indent=1)
    stopped_at = board.state.stop.stopped_at
    if stopped_at is not None and board.state.phase is Phase.RUNNING and not board.state.halt_reason:
        return fmt.wrap(" ", (_stop_question(board, stopped_at, facilitates), "bold"), indent=1)
    stop = fmt.line(" ", ("! stops and reverts all faults; in any terminal: gameday stop", "bold"))
    return render_ending(board, fmt) or [stop]


def _stop_question(board: ScreenState, stopped_at: float, facilitates: bool) -> str:
    """Return what the drill waits for after STOP."""
    if not board.state.stop.awaits_decision:
        return STOP_CONFIRMATION
    resume = "r resume it" if facilitates else "the facilitator can resume it, or a responder on a page in a browser"
    left = format_remaining(stopped_at + STOP_DECISION_S - board.now)
    return f"STOP: all faults reverted. End, or resume? e end the drill, {resume}; it ends by itself in {left}"


def _keys(keys: Sequence[Key], fmt: LineFormatter, rows: int) -> list[Text]:
    """Render all keys if they fit in that many rows, else the most important ones."""
    lines = _all_keys(keys, fmt)
    return lines if rows > 1 and len(lines) <= rows else [_short_keys(keys, fmt)]


def _all_keys(keys: Sequence[Key], fmt: LineFormatter) -> list[Text]:
    """Render every key with its whole label in as many rows as that takes."""
    lines: list[list[StyledText]] = [[" "]]
    width = fmt.width - 1
    for key in keys:
        label = f" {key.does}  "
        if len(key.shown + label) > width:
            lines.append([" "])
            width = fmt.width - 1
        lines[-1] += [(key.shown, "bold"), label]
        width -= len(key.shown + label)
    return [fmt.line(*pieces) for pieces in lines]


def _short_keys(keys: Sequence[Key], fmt: LineFormatter) -> Text:
    """Render as many keys as fit, always with the one that closes the screen."""
    labels = [(key.press, key.shown, f" {key.short}  ") for key in keys if key.short]
    width = fmt.width - 1 - sum(len(shown + does) for press, shown, does in labels if press == LEAVE)
    pieces: list[StyledText] = [" "]
    for press, shown, does in labels:
        width -= 0 if press == LEAVE else len(shown + does)
        if width >= 0 or press == LEAVE:
            pieces += [(shown, "bold"), does]
    return fmt.line(*pieces)


def describe_ignored_paste(stage: Stage) -> str:
    """Return what became of pasted text, which is never keys, and the key that takes it at this stage."""
    if stage is Stage.BRIEFING:
        return f"{PASTE_IGNORED}. To submit it as a prediction, press y and paste it there"
    return PASTE_IGNORED if stage is Stage.OVER else f"{PASTE_IGNORED}. To record it, press n and paste it there"


def help_lines(keys: Sequence[Key], glyphs: Glyphs, width: int, height: int) -> list[Text]:
    """Render all keys, in two columns if one is too high."""
    fmt = LineFormatter(width, glyphs)
    columns = 1 if len(keys) < height else 2
    half = (len(keys) + columns - 1) // columns
    column_width = width // columns
    rows = [fmt.heading("Keys", "any key closes")]
    for index in range(half):
        pair = [keys[index], *keys[index + half : index + half + 1]]
        pieces: list[StyledText] = []
        for key in pair:
            pieces += [fmt.column(f"  {key.shown}", 12, "bold"), fmt.column(key.does, column_width - 12)]
        rows.append(fmt.line(*pieces))
    return (rows + [Text(end="")] * height)[:height]
