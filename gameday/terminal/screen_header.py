"""Header and footer of the screen: drill, environment, clocks, roles, and how to stop."""

from __future__ import annotations

from rich.text import Text

from gameday.boards.fault_board import FaultPhase
from gameday.drill.control.facilitator_token import VARIABLE
from gameday.drill.facilitator import next_decision_at, timebox_end
from gameday.model import Mode, Phase, Role
from gameday.moments import Moment
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_duration, format_elapsed, format_remaining, format_role

STOP = "Ctrl-C stops and reverts all faults; in any terminal: gameday stop"
SHORT_STOP = "Stop: Ctrl-C, or in any terminal: gameday stop"
CLOSING = "Reverting all faults. Let it finish; in any terminal: gameday status"
STUCK = "Faults are still present. Run: gameday halt"
BAD, GOOD, COMING = "bold red", "green", "bold cyan"
_MARKS = {Mode.REHEARSAL: ("REHEARSAL", "bold reverse yellow")}
"""Reversed, so that the bar is visible without colours."""


def render_title_bar(board: ScreenState, fmt: LineFormatter, rows: int, audience: str = "") -> list[Text]:
    """Render the bar that marks a drill; one row, or three if there is room.

    `audience` is who alone may see the screen.
    """
    plan = board.plan
    mark, style = _MARKS.get(plan.mode, ("DRILL", "bold reverse red"))
    if board.caption:
        mark = board.caption.mark
    spaced = " ".join(mark) if rows >= 3 else mark
    mitigation = f"  mitigation {plan.mitigation}" if plan.mitigation else ""
    middle = fmt.split_line(
        [f"  {spaced}   {plan.drill} in {plan.environment.name}{mitigation}"],
        [f"{audience}  " if audience else "", f"{board.state.phase.upper()}  "],
    )
    return [_filled(row, fmt.width, style) for row in (("", middle.plain, "") if rows >= 3 else (middle.plain,))]


def _filled(text: str, width: int, style: str) -> Text:
    return Text(text + " " * (width - Text(text).cell_len), style=style, no_wrap=True, end="")


def render_times(board: ScreenState, fmt: LineFormatter) -> list[Text]:
    """Render the clock, the time left and the next step, or why the drill ends."""
    state, now = board.state, board.now
    if state.started_at is None:
        waits = format_preflight_wait(board) if board.state.phase is Phase.PREFLIGHT else ""
        return fmt.wrap(
            (" Not started: nothing has been changed yet", "bold"), f". Preflight: {waits}" if waits else "", indent=1
        )
    begin: list[StyledText] = [(f" {format_elapsed(now - state.started_at)}", "bold"), " since the start"]
    if state.halt_reason:
        return fmt.wrap(*begin, "   ", (state.halt_reason, BAD), indent=3)
    if state.phase is not Phase.RUNNING:
        return [fmt.line(*begin)]
    if state.stop.stopped_at is not None:
        return [fmt.line(*begin, "   ", ("STOPPED: end or resume", COMING))]
    if state.interventions.paused_at is not None:
        return [fmt.line(*begin, "   ", ("PAUSED: guardrails and guardian stay active", COMING))]
    remaining = timebox_end(board.plan, state) - now
    begin += ["   timebox ends in ", (format_remaining(remaining), "bold")]
    due = next_decision_at(board.plan, state, now)
    coming: list[StyledText] = (
        [("next step in ", ""), (format_remaining(due - now), COMING), " "] if due is not None else []
    )
    return [fmt.split_line(begin, coming)]


def format_preflight_wait(board: ScreenState) -> str:
    """Return what preflight waits for and how long it has waited; empty if nothing is awaited."""
    if board.preflight_wait is None or board.preflight_passed:
        return ""
    since, wait = board.preflight_wait
    limit = f" of {format_duration(round(wait.seconds))}" if wait.seconds >= 1 else ""
    return f"waiting for {wait.text}, {max(0.0, board.now - since):.0f} s{limit}"


SILENCE_WARNING_S = 300.0
"""A role that was silent for longer is highlighted: that person may be stuck, or left out."""


def render_roles(board: ScreenState, fmt: LineFormatter) -> list[Text]:
    """Render the roles not heard yet and when the others were last heard; nothing in a rehearsal."""
    if not board.last_heard:
        return []
    silence = {role: max(0.0, board.now - at) for role, at in board.last_heard.items()}
    pieces: list[StyledText] = []
    if silent := [role for role in Role if role in board.silent_roles]:
        style = BAD if any(silence[role] > SILENCE_WARNING_S for role in silent) else ""
        pieces += [" not heard yet  ", (", ".join(map(format_role, silent)), style), "  "]
    heard = [role for role in silence if role not in silent]
    pieces += [" last heard "] if heard else []
    for role in sorted(heard, key=lambda role: (-silence[role], list(Role).index(role))):
        style = BAD if silence[role] > SILENCE_WARNING_S else ""
        pieces += [(f" {format_role(role)} {format_elapsed(silence[role])} ago", style), " "]
    return fmt.wrap(*pieces, indent=1)


def render_moments(board: ScreenState, fmt: LineFormatter) -> list[Text]:
    """Render the moments so far in order, as times since the start."""
    start = board.state.started_at or 0.0
    pieces: list[StyledText] = []
    for moment, at in sorted(board.state.moments.items(), key=lambda pair: pair[1]):
        style = {Moment.FAULT: BAD, Moment.IMPACT: BAD, Moment.MITIGATED: GOOD}.get(moment, "")
        pieces += [" ", (str(moment), style), (f" {format_elapsed(at - start)} ", "dim"), fmt.glyphs.dot]
    return fmt.wrap(*(pieces[:-1] or [" No moments yet"]), indent=1)


def render_hypothesis(board: ScreenState, fmt: LineFormatter) -> list[Text]:
    return fmt.wrap(" Hypothesis: ", (board.plan.scenario.statement, "italic"), indent=1)


def render_ending(board: ScreenState, fmt: LineFormatter) -> list[Text]:
    """Render the next step while the drill ends, and how it ended; empty before."""
    match board.state.phase:
        case Phase.STUCK:
            return fmt.wrap(" ", (STUCK, BAD), indent=1)
        case Phase.DONE:
            return fmt.wrap(" ", (f"Drill over. {_faults_text(board)}", f"bold {GOOD}"), board.cleanup_text, indent=1)
        case Phase.REVERTING:
            return fmt.wrap(" ", (CLOSING, "bold"), _format_awaited_command(board), indent=1)
        case _:
            return []


def _format_awaited_command(board: ScreenState) -> str:
    """Format the command that is awaited after the reverts, and for how long; empty if there is none."""
    waited = max(0.0, board.now - board.commands.since)
    return f". Waiting for {board.commands.awaited}: {waited:.0f} s" if board.commands.awaited else ""


def _faults_text(board: ScreenState) -> str:
    """Return what became of the faults, by what the engine said of each."""
    phases = {fault.phase for fault in board.faults.all.values()} - {FaultPhase.SCHEDULED, FaultPhase.REFUSED}
    if not phases:
        return "No fault was applied."
    left = phases & {FaultPhase.LEFT_UNCHANGED, FaultPhase.CLOSED_BY_HAND}
    return f"No fault active; {', '.join(sorted(left))}." if left else "All faults removed."


def render_footer(board: ScreenState, fmt: LineFormatter) -> list[Text]:
    """Render how to stop the drill, or its ending."""
    if board.caption:
        return fmt.wrap(" ", (board.caption.footer, "bold"), indent=1)
    if end := render_ending(board, fmt):
        return end
    stop = fmt.line(" ", (STOP if fmt.width > len(STOP) else SHORT_STOP, "bold"))
    if not board.token:
        return [stop]
    token = f"facilitator's other terminals: export {VARIABLE}={board.token} "
    if fmt.width > len(STOP) + len(token) + 4:
        return [fmt.split_line([" ", (STOP, "bold")], [(token, "dim")])]
    return [fmt.line(" ", (token, "dim")), stop]  # on a line of its own: beside STOP it reads as one command
