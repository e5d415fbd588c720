"""The head and the foot of the screen: what this is, where it is, how long it has been so, how to stop it."""

from __future__ import annotations

from rich.text import Text

from gameday.drill.control.facilitator_token import VARIABLE
from gameday.drill.facilitator import next_at, timebox_at
from gameday.model import Mode, Phase, Role
from gameday.moments import Moment
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining, format_role

STOP = "Ctrl-C stops and puts everything back; in any terminal: gameday stop"
SHORT_STOP = "Stop: Ctrl-C, or gameday stop anywhere"
CLOSING = "Everything is being put back. Let it finish; in any terminal: gameday status"
STUCK = "Something of ours still stands. Run: gameday halt"
BAD, GOOD, COMING = "bold red", "green", "bold cyan"
_MARKS = {Mode.REHEARSAL: ("REHEARSAL", "bold reverse yellow")}
"""Reversed, so that the bar stays a bar without colours."""


def bar(board: ScreenState, pen: LineFormatter, rows: int, whose: str = "") -> list[Text]:
    """What this is, so that nobody takes it for the real thing; one row, or three where there is room. `whose`: who
    alone may see it."""
    plan = board.plan
    mark, look = _MARKS.get(plan.mode, ("DRILL", "bold reverse red"))
    if board.caption:
        mark = board.caption.mark
    spaced = " ".join(mark) if rows >= 3 else mark
    mitigation = f"  trying {plan.mitigation}" if plan.mitigation else ""
    middle = pen.split_line(
        [f"  {spaced}   {plan.drill} in {plan.environment.name}{mitigation}"],
        [f"{whose}  " if whose else "", f"{board.state.phase.upper()}  "],
    )
    return [_filled(row, pen.width, look) for row in (("", middle.plain, "") if rows >= 3 else (middle.plain,))]


def _filled(words: str, width: int, look: str) -> Text:
    return Text(words + " " * (width - Text(words).cell_len), style=look, no_wrap=True, end="")


def times(board: ScreenState, pen: LineFormatter) -> Text:
    """The clock since STARTEX, the time left, when something is due next; or why it ends."""
    state, now = board.state, board.now
    if state.startex is None:
        return pen.line(" Before STARTEX: nothing is touched yet", style="bold")
    begin: list[StyledText] = [(f" {format_elapsed(now - state.startex)}", "bold"), " since STARTEX"]
    if state.halt:
        return pen.line(*begin, "   ", (state.halt, BAD))
    if state.phase is not Phase.RUNNING:
        return pen.line(*begin)
    if state.hands.paused is not None:
        return pen.line(*begin, "   ", ("PAUSE: guardrails and guardian stay live", COMING))
    box = timebox_at(board.plan, state) - now
    begin += ["   ", (format_remaining(box), "bold"), " to the timebox"]
    due = next_at(board.plan, state, now)
    coming: list[StyledText] = [("next in ", ""), (format_remaining(due - now), COMING), " "] if due is not None else []
    return pen.split_line(begin, coming)


SILENT = 300.0
"""Seconds without a word after which a role is marked: somebody may be stuck, or left out."""


def roles(board: ScreenState, pen: LineFormatter) -> list[Text]:
    """Each role that is there, and for how long it has been silent, the longest first; none in a rehearsal."""
    if not board.last_heard:
        return []
    quiet = {one: max(0.0, board.now - at) for one, at in board.last_heard.items()}
    pieces: list[StyledText] = [" silent for "]
    for one in sorted(quiet, key=lambda role: (-quiet[role], list(Role).index(role))):
        look = BAD if quiet[one] > SILENT else ""
        pieces += [(f" {format_role(one)} {format_elapsed(quiet[one])}", look), " "]
    return [pen.line(*pieces)]


def moments(board: ScreenState, pen: LineFormatter) -> Text:
    """The moments that have been, in their order, since STARTEX."""
    start = board.state.startex or 0.0
    pieces: list[StyledText] = []
    for moment, at in sorted(board.state.moments.items(), key=lambda pair: pair[1]):
        look = {Moment.FAULT: BAD, Moment.IMPACT: BAD, Moment.MITIGATED: GOOD}.get(moment, "")
        pieces += [" ", (str(moment), look), (f" {format_elapsed(at - start)} ", "dim"), pen.signs.dot]
    return pen.line(*(pieces[:-1] or [" No moment yet"]))


def hypothesis(board: ScreenState, pen: LineFormatter) -> Text:
    return pen.line(" ", (board.plan.scenario.statement, "italic"))


def ending(board: ScreenState, pen: LineFormatter) -> Text | None:
    """While it closes, what to do instead of stopping it, and how it ended; None before."""
    match board.state.phase:
        case Phase.STUCK:
            return pen.line(" ", (STUCK, BAD))
        case Phase.DONE:
            return pen.line(" ", ("ENDEX. Nothing of ours stands.", f"bold {GOOD}"), board.cleanup_text)
        case Phase.REVERTING:
            return pen.line(" ", (CLOSING, "bold"))
        case _:
            return None


def foot(board: ScreenState, pen: LineFormatter) -> Text:
    """How to stop it, or what it is doing instead."""
    if board.caption:
        return pen.line(" ", (board.caption.footer, "bold"))
    if (ended := ending(board, pen)) is not None:
        return ended
    token = f"export {VARIABLE}={board.token} " if board.token else ""
    stop = STOP if pen.width > len(STOP) + len(token) + 2 else SHORT_STOP
    return pen.split_line([" ", (stop, "bold")], [(token, "dim")] if token else [])
