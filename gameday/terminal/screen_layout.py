"""One whole screen as lines of text: what matters stays at any size; course and log give way first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from gameday.boards.message_board import message_items
from gameday.terminal import screen_header, screen_panes
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter
from gameday.terminal.screen_state import ScreenState

WIDE = 150
"""Columns from which the course stands beside the rest."""
TALL = 32
"""Rows from which there is room for a bigger bar, the hypothesis, the moments and air between the parts."""
LOG = 9
"""Rows of the log with its heading, where there is room."""


@dataclass(frozen=True, slots=True)
class RowRequest:
    """Rows that a part needs at least, and could use at most."""

    least: int
    most: int


def allocate_rows(rows: int, wishes: Sequence[RowRequest]) -> list[int]:
    """Rows for each part: first its least, in order, then the rest one by one, round by round."""
    given: list[int] = []
    for wish in wishes:
        given.append(min(wish.least, max(0, rows - sum(given))))
    while sum(given) < rows:
        wanting = [i for i, wish in enumerate(wishes) if given[i] < wish.most]
        if not wanting:
            break
        poorest = min(wanting, key=lambda i: given[i])
        given[poorest] += 1
    return given


def render_screen(
    board: ScreenState, width: int, height: int, signs: Glyphs, below: Sequence[Text] | None = None
) -> list[Text]:
    """Exactly `height` lines, none wider than `width` cells. `below`: the last of them, where they are not ours."""
    pen = LineFormatter(width, signs)
    head = _head(board, pen, height, "" if below is None else "FACILITATOR")
    foot = [screen_header.foot(board, pen)] if below is None else below
    rows = max(0, height - len(foot))
    body = _body(board, pen, max(0, rows - len(head)))
    gap = [Text(end="")] * max(0, rows - len(head) - len(body))
    return [*[*head, *body, *gap][:rows], *foot]


def _head(board: ScreenState, pen: LineFormatter, height: int, whose: str) -> list[Text]:
    tall = height >= TALL
    head = [
        *screen_header.bar(board, pen, 3 if tall else 1, whose),
        screen_header.times(board, pen),
        *screen_header.roles(board, pen),
    ]
    if tall:
        head += [
            Text(end=""),
            screen_header.hypothesis(board, pen),
            screen_header.moments(board, pen),
            Text(end=""),
        ]
    return head


def _body(board: ScreenState, pen: LineFormatter, rows: int) -> list[Text]:
    air = 1 if rows >= TALL - 4 else 0
    begin = screen_panes.faults(board, pen, max(1, rows // 6)) + [Text(end="")] * air
    left = rows - len(begin)
    if pen.width >= WIDE:
        return begin + _two_column_body(board, pen, left, air)
    return begin + _one_column_body(board, pen, left, air)


def _one_column_body(board: ScreenState, pen: LineFormatter, rows: int, air: int) -> list[Text]:
    signals = 1 + len(board.signals.all)
    fewest = min(signals, 9 if rows >= signals + 7 else 4)
    wishes = [RowRequest(fewest, signals), RowRequest(3, 1 + len(message_items(board))), RowRequest(4, LOG)]
    for_signals, for_course, for_log = allocate_rows(rows - 2 * air, wishes)
    spare = rows - 2 * air - for_signals - for_course - for_log
    gap = [Text(end="")] * air
    return [
        *screen_panes.signals(board, pen, for_signals), *gap, *screen_panes.course(board, pen, for_course), *gap,
        *screen_panes.log(board, pen, for_log + max(0, spare)),
    ]  # fmt: skip


def _two_column_body(board: ScreenState, pen: LineFormatter, rows: int, air: int) -> list[Text]:
    """Signals and log on the left, the course on the right."""
    wide = pen.width * 11 // 20
    first, second = LineFormatter(wide, pen.signs), LineFormatter(pen.width - wide - 3, pen.signs)
    signals = 1 + len(board.signals.all)
    for_signals, for_log = allocate_rows(rows - air, [RowRequest(min(signals, 9), signals), RowRequest(4, rows)])
    one = [
        *screen_panes.signals(board, first, for_signals),
        *[Text(end="")] * air,
        *screen_panes.log(board, first, for_log),
    ]
    other = screen_panes.course(board, second, min(rows, 1 + len(message_items(board))))
    return [_join_columns(one, other, index, wide) for index in range(max(len(one), len(other)))]


def _join_columns(one: Sequence[Text], other: Sequence[Text], index: int, wide: int) -> Text:
    left = one[index] if index < len(one) else Text(end="")
    right = other[index] if index < len(other) else Text(end="")
    return Text.assemble(left, " " * (wide + 3 - left.cell_len), right, end="", no_wrap=True)
