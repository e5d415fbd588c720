"""The responders' screen as lines of text: page, messages, roles, timers, statements. No spoilers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from gameday.boards.responder_board import ResponderMessage
from gameday.boards.responder_times import (
    Activity,
    assembling_since,
    find_activity,
    objective_seconds,
    timebox_ends_at,
    unfilled_required_roles,
    update_due_at,
)
from gameday.model import Mode
from gameday.moments import Moment
from gameday.people.cast import roles_besides_facilitator
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import BAD, COMING, render_title_bar
from gameday.terminal.screen_layout import TALL, RowRequest, allocate_rows
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining, format_role


def render_responder_screen(
    board: ScreenState, width: int, height: int, glyphs: Glyphs, footer: Sequence[Text]
) -> list[Text]:
    """Render exactly `height` lines, none wider than `width` cells, with `footer` at the bottom."""
    fmt = LineFormatter(width, glyphs)
    head = [
        *render_title_bar(board, fmt, 3 if height >= TALL else 1),
        _times(board, fmt),
        _timers(board, fmt),
        Text(end=""),
    ]
    rows = max(0, height - len(head) - len(footer))
    view = board.responders
    pages, messages, statements = (
        _wrap_messages(part, board, fmt) for part in (view.pages, view.messages, view.statements)
    )
    requests = [
        RowRequest(2, 1 + max(1, len(pages))),
        RowRequest(3, 1 + max(1, len(messages))),
        RowRequest(2, 2),
        RowRequest(3, rows),
    ]
    for_pages, for_messages, for_roles, for_statements = allocate_rows(rows, requests)
    body = [
        *_pane("Page", pages, for_pages, fmt, "none yet"),
        *_pane("Messages", messages, for_messages, fmt, "none yet"),
        *[fmt.heading("Roles"), _roles(board, fmt)][:for_roles],
        *_pane("Statements", statements, for_statements, fmt, "none yet"),
    ]
    gap = [Text(end="")] * max(0, rows - len(body))
    return [*head, *body[:rows], *gap, *footer]


def _times(board: ScreenState, fmt: LineFormatter) -> Text:
    """Render the clock and the time left, without the cause of an early end."""
    activity, start = find_activity(board.state), board.state.started_at
    if start is None:
        return fmt.line(f" {activity.value}", style="bold")
    since: list[StyledText] = [(f" {format_elapsed(board.now - start)}", "bold"), " since the start"]
    ends_at = timebox_ends_at(board)
    if ends_at is None:
        style = COMING if activity in (Activity.STOPPED, Activity.PAUSED) else "bold"
        return fmt.line(*since, "   ", (activity.value, style))
    return fmt.line(*since, "   timebox ends in ", (format_remaining(ends_at - board.now), "bold"))


def _timers(board: ScreenState, fmt: LineFormatter) -> Text:
    """Render the time to assemble the team, and when the next update is due."""
    pieces: list[StyledText] = [" "]
    if find_activity(board.state) is not Activity.RUNNING:
        return fmt.line(*pieces)
    if (paged := assembling_since(board)) is not None:
        within, elapsed = objective_seconds(board, Moment.ASSEMBLED), board.now - paged
        of = f" of {format_elapsed(within)}" if within else ""
        pieces += [("assembling for ", ""), (f"{format_elapsed(elapsed)}{of}", _style(elapsed, within)), "   "]
    if (due_at := update_due_at(board)) is not None:
        due = due_at - board.now
        text = f"update due in {format_remaining(due)}" if due > 0 else f"update overdue by {format_elapsed(-due)}"
        pieces.append((text, BAD if due <= 0 else ""))
    return fmt.line(*pieces)


def _style(seconds: float, within: float | None) -> str:
    return BAD if within and seconds > within else "bold"


def _roles(board: ScreenState, fmt: LineFormatter) -> Text:
    """Render the unfilled roles, which a narrow screen must not truncate, then the filled ones."""
    if board.plan.mode is Mode.SOLO:
        return fmt.line("   all yours: you are the only responder")
    unfilled, claimed = unfilled_required_roles(board), board.responders.roles
    pieces = [f"unfilled: {', '.join(map(format_role, unfilled))}"] if unfilled else []
    start = board.state.started_at
    pieces += [
        f"{format_role(role)} since {format_elapsed(max(0.0, at - (start or at)))}" for role, at in claimed.items()
    ]
    assigned = [role for role in roles_besides_facilitator(board.responders.assigned) if role not in claimed]
    pieces += [f"assigned: {', '.join(map(format_role, assigned))}"] if assigned else []
    return fmt.line("   ", "   ".join(pieces) or "none recorded")


def _pane(title: str, lines: Sequence[Text], rows: int, fmt: LineFormatter, empty: str) -> list[Text]:
    """Render the latest lines; the heading says how many are above."""
    shown = list(lines[-(rows - 1) :]) if rows > 1 else []
    hidden = len(lines) - len(shown)
    heading = fmt.heading(title, f"{hidden} {'line' if hidden == 1 else 'lines'} above" if hidden else "")
    return [heading, *(shown or [fmt.line((f"   {empty}", "dim"))])][:rows]


def _wrap_messages(messages: Iterable[ResponderMessage], board: ScreenState, fmt: LineFormatter) -> list[Text]:
    start = board.state.started_at
    lines: list[Text] = []
    for message in messages:
        at = format_elapsed(message.at - start) if start is not None and message.at >= start else "-"
        lead = f"{at:>7}  " + (f"{message.who:<11} " if message.who else "")
        lines += _wrap(lead, message.what, fmt)
    return lines


def _wrap(lead: str, text: str, fmt: LineFormatter) -> list[Text]:
    """Return as many lines as the text needs: a message is never truncated."""
    import textwrap

    width = max(20, fmt.width - len(lead) - 1)
    parts = textwrap.wrap(text, width, break_on_hyphens=False) or [""]
    return [fmt.line((lead if index == 0 else " " * len(lead), "dim"), part) for index, part in enumerate(parts)]
