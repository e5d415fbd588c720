"""Layout of the screen: what matters stays at any size; schedule and log shrink first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from gameday.terminal import schedule_pane, screen_header, screen_panes
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter
from gameday.terminal.screen_state import ScreenState

WIDE = 150
"""Columns from which the schedule is a column of its own."""
TALL = 32
"""Rows from which there is room for a larger bar, the hypothesis, the moments and space between panes."""
LOG_ROWS = 9
"""Rows of the log with its heading, if there is room."""


@dataclass(frozen=True, slots=True)
class RowRequest:
    """Rows that a pane needs at least, and can use at most."""

    least: int
    most: int


def allocate_rows(rows: int, requests: Sequence[RowRequest]) -> list[int]:
    """Return rows for each pane: its minimum, then one more each until none are left."""
    allocated: list[int] = []
    for request in requests:
        allocated.append(min(request.least, max(0, rows - sum(allocated))))
    while sum(allocated) < rows:
        growable = [index for index, request in enumerate(requests) if allocated[index] < request.most]
        if not growable:
            break
        smallest = min(growable, key=lambda index: allocated[index])
        allocated[smallest] += 1
    return allocated


def render_screen(
    board: ScreenState, width: int, height: int, glyphs: Glyphs, footer: Sequence[Text] | None = None
) -> list[Text]:
    """Render exactly `height` lines, none wider than `width` cells; `footer` replaces the default one."""
    fmt = LineFormatter(width, glyphs)
    head = _head(board, fmt, height, "" if footer is None else "FACILITATOR")
    last = screen_header.render_footer(board, fmt) if footer is None else footer
    rows = max(0, height - len(last))
    body = _body(board, fmt, max(0, rows - len(head)))
    gap = [Text(end="")] * max(0, rows - len(head) - len(body))
    return [*[*head, *body, *gap][:rows], *last]


def _head(board: ScreenState, fmt: LineFormatter, height: int, audience: str) -> list[Text]:
    tall = height >= TALL
    head = [
        *screen_header.render_title_bar(board, fmt, 3 if tall else 1, audience),
        *screen_header.render_times(board, fmt),
        *screen_header.render_roles(board, fmt),
    ]
    if tall:
        head += [
            Text(end=""),
            *screen_header.render_hypothesis(board, fmt),
            *screen_header.render_moments(board, fmt),
            Text(end=""),
        ]
    return head


def _body(board: ScreenState, fmt: LineFormatter, rows: int) -> list[Text]:
    spacing = 1 if rows >= TALL - 4 else 0
    begin = screen_panes.render_faults(board, fmt, max(1, rows // 6)) + [Text(end="")] * spacing
    left = rows - len(begin)
    if fmt.width >= WIDE:
        return begin + _two_column_body(board, fmt, left, spacing)
    return begin + _one_column_body(board, fmt, left, spacing)


def _one_column_body(board: ScreenState, fmt: LineFormatter, rows: int, spacing: int) -> list[Text]:
    signals = 1 + len(board.signals.all)
    fewest = min(signals, 9 if rows >= signals + 7 else 4)
    requests = [
        RowRequest(fewest, signals),
        RowRequest(schedule_pane.count_least_rows(board, fmt), schedule_pane.count_schedule_rows(board, fmt)),
        RowRequest(4, LOG_ROWS),
    ]
    for_signals, for_schedule, for_log = allocate_rows(rows - 2 * spacing, requests)
    spare = rows - 2 * spacing - for_signals - for_schedule - for_log
    gap = [Text(end="")] * spacing
    return [
        *screen_panes.render_signals(board, fmt, for_signals), *gap,
        *schedule_pane.render_schedule(board, fmt, for_schedule), *gap,
        *screen_panes.render_log(board, fmt, for_log + max(0, spare)),
    ]  # fmt: skip


def _two_column_body(board: ScreenState, fmt: LineFormatter, rows: int, spacing: int) -> list[Text]:
    """Render signals and log on the left, the schedule on the right."""
    left_width = fmt.width * 11 // 20
    first, second = LineFormatter(left_width, fmt.glyphs), LineFormatter(fmt.width - left_width - 3, fmt.glyphs)
    signals = 1 + len(board.signals.all)
    for_signals, for_log = allocate_rows(rows - spacing, [RowRequest(min(signals, 9), signals), RowRequest(4, rows)])
    left_column = [
        *screen_panes.render_signals(board, first, for_signals),
        *[Text(end="")] * spacing,
        *screen_panes.render_log(board, first, for_log),
    ]
    right_column = schedule_pane.render_schedule(
        board, second, min(rows, schedule_pane.count_schedule_rows(board, second))
    )
    return [
        _join_columns(left_column, right_column, index, left_width)
        for index in range(max(len(left_column), len(right_column)))
    ]


def _join_columns(lefts: Sequence[Text], rights: Sequence[Text], index: int, left_width: int) -> Text:
    left = lefts[index] if index < len(lefts) else Text(end="")
    right = rights[index] if index < len(rights) else Text(end="")
    return Text.assemble(left, " " * (left_width + 3 - left.cell_len), right, end="", no_wrap=True)
