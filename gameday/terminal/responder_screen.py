"""The responders' screen as lines of text: page, messages, roles, timers, what was said. Nothing that spoils."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from gameday.boards.responder_board import ResponderMessage
from gameday.drill.facilitator import timebox_at
from gameday.model import Phase
from gameday.moments import Moment
from gameday.terminal.glyphs import Glyphs
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import BAD, COMING, bar
from gameday.terminal.screen_layout import TALL, RowRequest, allocate_rows
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining, format_role

UPDATE_EVERY = 600.0
"""Seconds after an update in which the next is due, while it lasts."""
FIRST_UPDATE = 300.0
"""Seconds after declaring in which the first is due, where the scenario says nothing."""


def responders_frame(board: ScreenState, width: int, height: int, signs: Glyphs, foot: Sequence[Text]) -> list[Text]:
    """Exactly `height` lines, none wider than `width` cells; `foot` at the bottom."""
    pen = LineFormatter(width, signs)
    head = [*bar(board, pen, 3 if height >= TALL else 1), _times(board, pen), _timers(board, pen), Text(end="")]
    rows = max(0, height - len(head) - len(foot))
    seen = board.responders
    pages, messages, said = (_wrapped(part, board, pen) for part in (seen.pages, seen.messages, seen.statements))
    wishes = [
        RowRequest(2, 1 + max(1, len(pages))),
        RowRequest(3, 1 + max(1, len(messages))),
        RowRequest(2, 2),
        RowRequest(3, rows),
    ]
    for_pages, for_messages, for_roles, for_said = allocate_rows(rows, wishes)
    body = [
        *_part("Page", pages, for_pages, pen, "none yet"),
        *_part("Messages", messages, for_messages, pen, "none yet"),
        *[pen.heading("Roles"), _roles(board, pen)][:for_roles],
        *_part("Said", said, for_said, pen, "nothing yet"),
    ]
    gap = [Text(end="")] * max(0, rows - len(body))
    return [*head, *body[:rows], *gap, *foot]


def _times(board: ScreenState, pen: LineFormatter) -> Text:
    """The clock and the time to the end; why everything is being put back is for ENDEX."""
    state = board.state
    if state.startex is None:
        return pen.line(" Before STARTEX: nothing is touched yet", style="bold")
    since: list[StyledText] = [(f" {format_elapsed(board.now - state.startex)}", "bold"), " since STARTEX"]
    if state.phase is Phase.DONE:
        return pen.line(*since, "   ", ("ENDEX: the drill is over", "bold"))
    if state.phase is not Phase.RUNNING or state.halt:
        return pen.line(*since, "   ", ("Everything is being put back", "bold"))
    if state.hands.paused is not None:
        return pen.line(*since, "   ", ("PAUSE", COMING))
    box = timebox_at(board.plan, state) - board.now
    return pen.line(*since, "   ", (format_remaining(box), "bold"), " to the timebox")


def _timers(board: ScreenState, pen: LineFormatter) -> Text:
    """The swarm clock from the page until all roles are there; then when the next update is due."""
    moments, now = board.state.moments, board.now
    pieces: list[StyledText] = [" "]
    if board.state.phase is not Phase.RUNNING:
        return pen.line(*pieces)
    alert = moments.get(Moment.PAGED)
    if alert is not None and Moment.ASSEMBLED not in moments:
        within = _within(board, Moment.ASSEMBLED)
        of = f" of {format_elapsed(within)}" if within else ""
        pieces += [("swarm ", ""), (f"{format_elapsed(now - alert)}{of}", _look(now - alert, within)), "   "]
    declared = moments.get(Moment.DECLARED)
    if declared is not None and Moment.MITIGATED not in moments:
        due = _update_due(board, declared) - now
        said = f"update due in {format_remaining(due)}" if due > 0 else f"update due since {format_elapsed(-due)}"
        pieces.append((said, BAD if due <= 0 else ""))
    return pen.line(*pieces)


def _update_due(board: ScreenState, declared: float) -> float:
    if board.responders.last_update is None:
        return declared + (_within(board, Moment.UPDATE) or FIRST_UPDATE)
    return board.responders.last_update + UPDATE_EVERY


def _within(board: ScreenState, moment: Moment) -> float | None:
    objectives = board.plan.scenario.objectives
    return next((objective.by.after for objective in objectives if objective.by and objective.moment is moment), None)


def _look(seconds: float, within: float | None) -> str:
    return BAD if within and seconds > within else "bold"


def _roles(board: ScreenState, pen: LineFormatter) -> Text:
    """Which need somebody, and which are held: what is missing is not what a narrow screen cuts off."""
    held = board.responders.roles
    needed = board.plan.scenario.roles_required
    open_ = [format_role(one) for one in needed if one not in held and one != "facilitator"]
    pieces = [f"not announced: {', '.join(open_)}"] if open_ else []
    start = board.state.startex
    pieces += [f"{format_role(one)} since {format_elapsed(max(0.0, at - (start or at)))}" for one, at in held.items()]
    return pen.line("   ", "   ".join(pieces) or "none announced")


def _part(title: str, lines: Sequence[Text], rows: int, pen: LineFormatter, empty: str) -> list[Text]:
    shown = list(lines[-(rows - 1) :]) if rows > 1 else []
    return [pen.heading(title), *(shown or [pen.line((f"   {empty}", "dim"))])][:rows]


def _wrapped(told: Iterable[ResponderMessage], board: ScreenState, pen: LineFormatter) -> list[Text]:
    start = board.state.startex
    found: list[Text] = []
    for one in told:
        at = format_elapsed(one.at - start) if start is not None and one.at >= start else "-"
        lead = f"{at:>7}  " + (f"{one.who:<11} " if one.who else "")
        found += _lines(lead, one.what, pen)
    return found


def _lines(lead: str, words: str, pen: LineFormatter) -> list[Text]:
    """As many lines as the words need: what is sent to people is never cut."""
    import textwrap

    room = max(20, pen.width - len(lead) - 1)
    parts = textwrap.wrap(words, room, break_on_hyphens=False) or [""]
    return [pen.line((lead if index == 0 else " " * len(lead), "dim"), part) for index, part in enumerate(parts)]
