"""Schedule pane of the screen: messages, script, page and end; the selected message is always shown whole."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from gameday.boards.schedule_items import ItemState, MessageItem, list_message_items
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import COMING
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining

MAX_SCHEDULE_ROWS = 1_000


def render_schedule(board: ScreenState, fmt: LineFormatter, rows: int) -> list[Text]:
    """Render the items around the next one, as many as there are rows."""
    items = list_message_items(board)
    done = sum(item.state is ItemState.DONE for item in items)
    space = max(0, rows - 1)
    ahead = any(item.state in (ItemState.COMING, ItemState.WAITING) for item in items)
    first = max(0, min(done - max(1, space // 4 if ahead else space * 3 // 4), len(items) - space))
    count = max(1, space - _extra_rows(board, items, fmt))
    selected = next((index for index, item in enumerate(items) if _is_selected(board, item)), first)
    first = min(max(first, selected - count + 1), selected)
    shown = items[first : first + count]
    hidden = {"above": first, "below": len(items) - first - len(shown)}
    note = ", ".join(f"{count} {where}" for where, count in hidden.items() if count)
    return [_schedule_heading(board, fmt, note), *_items(board, shown, fmt, space)][: max(0, rows)]


def count_schedule_rows(board: ScreenState, fmt: LineFormatter) -> int:
    """Return the rows that the schedule needs to be shown whole."""
    items = list_message_items(board)
    return 1 + len(_items(board, items, fmt, MAX_SCHEDULE_ROWS))


def count_least_rows(board: ScreenState, fmt: LineFormatter) -> int:
    """Return the rows that show the selected message whole, beside a heading and another item."""
    return 3 + _extra_rows(board, list_message_items(board), fmt)


def _is_selected(board: ScreenState, item: MessageItem) -> bool:
    return item.entry is not None and item.entry == board.highlighted


def _extra_rows(board: ScreenState, items: Sequence[MessageItem], fmt: LineFormatter) -> int:
    """Return the rows beyond its first that the selected message needs."""
    widths = _column_widths(board, items, fmt)
    return sum(len(_wrap_item(board, item, fmt, *widths)) - 1 for item in items if _is_selected(board, item))


def _schedule_heading(board: ScreenState, fmt: LineFormatter, hidden: str) -> Text:
    """Render the heading with a legend, if there is room for it."""
    glyphs = fmt.glyphs
    legend = f"{glyphs.done} done  {glyphs.coming} next  {glyphs.waiting} waiting"
    if board.highlighted is not None:
        legend += f"  {glyphs.selected} selected"
    note = f"{legend}   {hidden}" if hidden else legend
    return fmt.heading("Schedule", note if len(note) < fmt.width - 20 else hidden)


def _items(board: ScreenState, items: Sequence[MessageItem], fmt: LineFormatter, rows: int) -> list[Text]:
    """Render a row for each item; long texts wrap as far as there are rows, that of the selected message always."""
    widths = _column_widths(board, items, fmt)
    lines: list[Text] = []
    spare = rows - len(items) - _extra_rows(board, items, fmt)
    for item in items:
        wrapped = _wrap_item(board, item, fmt, *widths)
        extra = 0 if _is_selected(board, item) else len(wrapped) - 1
        is_whole = extra <= spare or not extra
        spare -= extra if is_whole else 0
        lines += wrapped if is_whole else [fmt.line(*_item(board, item, fmt, *widths))]
    return lines


def _column_widths(board: ScreenState, items: Sequence[MessageItem], fmt: LineFormatter) -> tuple[int, int]:
    """Return the widths of the columns of times and of senders."""
    time_width = 1 + max((len(_item_time(board, item, fmt)[1]) for item in items), default=0)
    return time_width, 1 + max((len(item.who) for item in items), default=0)


def _wrap_item(
    board: ScreenState, item: MessageItem, fmt: LineFormatter, time_width: int, source_width: int
) -> list[Text]:
    pieces = _item(board, item, fmt, time_width, source_width)
    return fmt.wrap(*pieces, indent=4 + time_width + source_width)


def _item(
    board: ScreenState, item: MessageItem, fmt: LineFormatter, time_width: int, source_width: int
) -> list[StyledText]:
    glyph, time, style = _item_time(board, item, fmt)
    how = f"[{item.how}] " if item.how not in ("", "sent", "done") else ""
    selected = _is_selected(board, item)
    return [
        (fmt.glyphs.selected if selected else " ", COMING), (glyph, style), " ", fmt.column(time, time_width, style),
        fmt.column(item.who, source_width, style), " ", (how, "bold"), (item.what, style),
    ]  # fmt: skip


def _item_time(board: ScreenState, item: MessageItem, fmt: LineFormatter) -> tuple[str, str, str]:
    """Return glyph, time and style of an item."""
    glyphs = fmt.glyphs
    if item.state is ItemState.DONE and item.at is not None:
        skipped = item.how.startswith("skipped")
        return (
            (glyphs.skipped if skipped else glyphs.done),
            f"at {format_since_start(board, item.at)}",
            "dim" if skipped else "",
        )
    if item.state is ItemState.COMING and item.at is not None:
        remaining = item.at - board.now
        return glyphs.coming, f"in {format_remaining(remaining)}" if remaining > 0 else "now", COMING
    if item.state is ItemState.WAITING:
        return glyphs.waiting, item.waits_for, "dim"
    return glyphs.skipped, "not sent", "dim"


def format_since_start(board: ScreenState, at: float) -> str:
    return format_elapsed(at - board.state.started_at) if board.state.started_at is not None else "-"
