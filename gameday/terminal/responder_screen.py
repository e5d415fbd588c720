"""The responders' screen as lines of text: page, messages, roles, timers, statements. No spoilers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from gameday.boards.responder_board import ResponderMessage
from gameday.drill.facilitator import timebox_end
from gameday.model import Mode, Phase, Role
from gameday.moments import Moment
from gameday.people.cast import missing_roles, roles_besides_facilitator
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import BAD, COMING, render_title_bar
from gameday.terminal.screen_layout import TALL, RowRequest, allocate_rows
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining, format_role

UPDATE_INTERVAL_S = 600.0
"""Time from one update to the next, until the incident is mitigated."""
FIRST_UPDATE_S = 300.0
"""Time from declaring to the first update, if the scenario has no objective for it."""


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
    state = board.state
    if state.started_at is None:
        return fmt.line(" Not started: nothing was changed yet", style="bold")
    since: list[StyledText] = [(f" {format_elapsed(board.now - state.started_at)}", "bold"), " since the start"]
    if state.phase is Phase.DONE:
        return fmt.line(*since, "   ", ("The drill is over", "bold"))
    if state.phase is not Phase.RUNNING or state.halt_reason:
        return fmt.line(*since, "   ", ("Reverting all faults", "bold"))
    if state.stop.stopped_at is not None:
        return fmt.line(*since, "   ", ("STOPPED", COMING))
    if state.interventions.paused_at is not None:
        return fmt.line(*since, "   ", ("PAUSED", COMING))
    remaining = timebox_end(board.plan, state) - board.now
    return fmt.line(*since, "   timebox ends in ", (format_remaining(remaining), "bold"))


def _timers(board: ScreenState, fmt: LineFormatter) -> Text:
    """Render the time to assemble the team, and when the next update is due."""
    moments, now = board.state.moments, board.now
    pieces: list[StyledText] = [" "]
    is_waiting = board.state.stop.stopped_at is not None or board.state.interventions.paused_at is not None
    if board.state.phase is not Phase.RUNNING or is_waiting:
        return fmt.line(*pieces)
    alert = moments.get(Moment.PAGED)
    if alert is not None and Moment.ASSEMBLED not in moments and board.plan.mode is not Mode.SOLO:
        within = _within(board, Moment.ASSEMBLED)
        of = f" of {format_elapsed(within)}" if within else ""
        pieces += [("assembling for ", ""), (f"{format_elapsed(now - alert)}{of}", _style(now - alert, within)), "   "]
    declared = moments.get(Moment.DECLARED)
    if declared is not None and Moment.MITIGATED not in moments:
        due = _update_due(board, declared) - now
        text = f"update due in {format_remaining(due)}" if due > 0 else f"update overdue by {format_elapsed(-due)}"
        pieces.append((text, BAD if due <= 0 else ""))
    return fmt.line(*pieces)


def _update_due(board: ScreenState, declared: float) -> float:
    if board.responders.last_update is None:
        return declared + (_within(board, Moment.UPDATE) or FIRST_UPDATE_S)
    return board.responders.last_update + UPDATE_INTERVAL_S


def _within(board: ScreenState, moment: Moment) -> float | None:
    objectives = board.plan.scenario.objectives
    return next((objective.by.after for objective in objectives if objective.by and objective.moment is moment), None)


def _style(seconds: float, within: float | None) -> str:
    return BAD if within and seconds > within else "bold"


def _roles(board: ScreenState, fmt: LineFormatter) -> Text:
    """Render the unfilled roles, which a narrow screen must not truncate, then the filled ones."""
    if board.plan.mode is Mode.SOLO:
        return fmt.line("   all yours: you are the only responder")
    unfilled, claimed = _unfilled_roles(board), board.responders.roles
    pieces = [f"unfilled: {', '.join(map(format_role, unfilled))}"] if unfilled else []
    start = board.state.started_at
    pieces += [
        f"{format_role(role)} since {format_elapsed(max(0.0, at - (start or at)))}" for role, at in claimed.items()
    ]
    assigned = [role for role in roles_besides_facilitator(board.responders.assigned) if role not in claimed]
    pieces += [f"assigned: {', '.join(map(format_role, assigned))}"] if assigned else []
    return fmt.line("   ", "   ".join(pieces) or "none recorded")


def _unfilled_roles(board: ScreenState) -> list[Role]:
    """Return the required roles that nobody fills as far as is recorded; none once the team has assembled."""
    responders = board.responders
    if board.state.started_at is None or responders.is_assembled:
        return []
    return missing_roles(board.plan.scenario.roles_required, {*responders.roles, *responders.assigned})


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
