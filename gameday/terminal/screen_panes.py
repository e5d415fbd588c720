"""The lists of the screen: faults, signals, the course, the log. Each is given a number of rows and fills at most
those: what matters least goes first."""

from __future__ import annotations

from rich.text import Text

from gameday.boards.fault_board import ACTIVE_PHASES, FaultPhase, FaultStatus
from gameday.boards.message_board import ItemState, MessageItem, message_items
from gameday.boards.signal_board import SignalStatus
from gameday.drill.decisions import ApplyFault, Decision
from gameday.drill.facilitator import scheduled_decisions
from gameday.events import Tone
from gameday.model import SignalKind
from gameday.terminal.glyphs import sparkline
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.screen_header import BAD, COMING, GOOD
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining, format_value


def faults(board: ScreenState, pen: LineFormatter, rows: int) -> list[Text]:
    """For each fault where it is; then, as far as the rows go, what stands behind its revert, and what it touches."""
    every = list(board.faults.all.values())
    each = max(1, min(3, rows // max(1, len(every))))
    return [line for one in every for line in (_fault(board, one, pen), *_details(one, pen))[:each]]


def _fault(board: ScreenState, one: FaultStatus, pen: LineFormatter) -> Text:
    at_work = one.phase in ACTIVE_PHASES
    sign = pen.signs.standing if at_work else pen.signs.gone
    what = f" {one.kind} on {one.target}" + (f" ({one.params})" if one.params else "")
    look = (
        BAD
        if at_work or one.phase in (FaultPhase.LAPSED, FaultPhase.REFUSED)
        else GOOD
        if one.phase is FaultPhase.REVERTED
        else ""
    )
    return pen.line(" ", (sign, look), " FAULT", what, "  ", (f"{one.phase}{_how_long(board, one)}", look))


def _how_long(board: ScreenState, one: FaultStatus) -> str:
    if one.phase is FaultPhase.SCHEDULED:
        at = next((at for at, what in scheduled_decisions(board.plan, board.state) if _applies(what, one)), None)
        return f" in {format_remaining(max(0.0, at - board.now))}" if at is not None else ""
    if one.since is None:
        return ""
    until = one.until if one.until is not None else max(board.now, one.since)
    return f" {'after' if one.until is not None else 'for'} {format_elapsed(until - one.since)}"


def _applies(what: Decision, one: FaultStatus) -> bool:
    return isinstance(what, ApplyFault) and what.planned.fault.id == one.fault


def _details(one: FaultStatus, pen: LineFormatter) -> list[Text]:
    why = [pen.line("   ", (one.why, BAD))] if one.why else []
    return why + _revert_lines(one, pen)


def _revert_lines(one: FaultStatus, pen: LineFormatter) -> list[Text]:
    if not one.touches:
        return [pen.line(("   the revert is recorded before the fault is applied", "dim"))]
    touches = pen.line("   on ", one.touches, style="" if one.phase in ACTIVE_PHASES else "dim")
    if one.phase not in ACTIVE_PHASES:
        return [touches]
    return [pen.line("   auto-reverts: ", (one.behind, "bold"), f"; reverted by: {one.reverts}"), touches]


NAME, VALUE = 18, 9


def signals(board: ScreenState, pen: LineFormatter, rows: int) -> list[Text]:
    """The heading and a row for each signal; where there are too many, those outside their limits come first."""
    every = list(board.signals.all.values())
    shown = every
    if len(every) > rows - 1:
        worst = sorted(every, key=lambda one: not (one.outside or one.value is None))[: max(0, rows - 2)]
        shown = [one for one in every if one in worst]
    name = min(34, max((len(one.signal) for one in shown), default=0), max(NAME, pen.width // 5))
    picture = _picture(pen.width, name)
    found = [_signals_heading(pen, name, picture), *(_signal(one, pen, name, picture) for one in shown)]
    hidden = [one for one in every if one not in shown]
    if hidden:
        outside = sum(one.outside for one in hidden)
        found.append(pen.line((f"   and {len(hidden)} more, {outside or 'none'} outside", BAD if outside else "dim")))
    return found[: max(0, rows)]


def _picture(width: int, name: int) -> int:
    """Readings in the small picture: what name, value, usual and a limit of 28 leave."""
    return max(8, min(30, width - name - 2 * VALUE - 34))


def _signals_heading(pen: LineFormatter, name: int, picture: int) -> Text:
    title = f"{pen.signs.rule} Signals "
    begin = pen.column(title + pen.signs.rule * max(0, name + 2 - len(title)), name + 3)
    return pen.line(
        begin, pen.column("now", VALUE, "dim", right=True), "  ", pen.column(f"last {picture}", picture, "dim"), " ",
        pen.column("usual", VALUE, "dim", right=True), ("  good", "dim"),
    )  # fmt: skip


def _signal(one: SignalStatus, pen: LineFormatter, name: int, picture: int) -> Text:
    sign = pen.signs.unread if one.value is None else pen.signs.outside if one.outside else " "
    look = BAD if one.outside else "bold yellow" if one.value is None and one.history else ""
    drawn = sparkline(list(one.history)[-picture:], one.kind, pen.signs)
    begin: list[StyledText] = [" ", (sign, look), " ", pen.column(one.signal, name, look)]
    if one.value is None:
        why = f": {one.why}" if one.why else ""
        return pen.line(*begin, "  ", (f"cannot be read{why}" if one.history else one.why, look or "dim"))
    usual = format_value(one.baseline, one.kind) if one.baseline is not None else "-"
    return pen.line(
        *begin, pen.column(format_value(one.value, one.kind), VALUE, look, right=True), "  ",
        pen.column(drawn, picture, look or "cyan"), " ", pen.column(usual, VALUE, right=True), "  ", _limit(one),
        (f"  n {one.n}" if one.kind is not SignalKind.ALERT else "", "dim"),
    )  # fmt: skip


def _limit(one: SignalStatus) -> str:
    if one.kind is SignalKind.ALERT:
        return "silent"
    return f"halts {one.limit}" if one.forbidden else one.limit.removeprefix("good: ") or "-"


def course(board: ScreenState, pen: LineFormatter, rows: int) -> list[Text]:
    """The heading and the lines around what comes next; what waits longest and what is long done go first."""
    items = message_items(board)
    done = sum(item.state is ItemState.DONE for item in items)
    space = max(0, rows - 1)
    ahead = any(item.state in (ItemState.COMING, ItemState.WAITING) for item in items)
    first = max(0, min(done - max(1, space // 4 if ahead else space * 3 // 4), len(items) - space))
    after = len(items) - first - space
    hidden = f"{first} above, {max(0, after)} below" if len(items) > space else ""
    shown = items[first : first + space]
    when = max((len(_when(board, item, pen)[1]) for item in shown), default=0)
    who = max((len(item.who) for item in shown), default=0)
    lines = [_item(board, item, pen, when + 1, who + 1) for item in shown]
    return [pen.heading("Course", hidden), *lines][: max(0, rows)]


def _item(board: ScreenState, item: MessageItem, pen: LineFormatter, for_when: int, for_who: int) -> Text:
    sign, when, look = _when(board, item, pen)
    how = f"[{item.how}] " if item.how not in ("", "sent", "done") else ""
    chosen = item.entry is not None and item.entry == board.highlighted
    return pen.line(
        (pen.signs.chosen if chosen else " ", COMING), (sign, look), " ", pen.column(when, for_when, look),
        pen.column(item.who, for_who, look), " ", (how, "bold"), (item.what, look),
    )  # fmt: skip


def _when(board: ScreenState, item: MessageItem, pen: LineFormatter) -> tuple[str, str, str]:
    signs = pen.signs
    if item.state is ItemState.DONE and item.at is not None:
        skipped = item.how.startswith("skipped")
        return (signs.skipped if skipped else signs.done), f"at {_since(board, item.at)}", "dim" if skipped else ""
    if item.state is ItemState.COMING and item.at is not None:
        soon = item.at - board.now
        return signs.coming, f"in {format_remaining(soon)}" if soon > 0 else "now", COMING
    if item.state is ItemState.WAITING:
        return signs.waiting, item.waits_for, "dim"
    return signs.skipped, "not played", "dim"


def _since(board: ScreenState, at: float) -> str:
    return format_elapsed(at - board.state.startex) if board.state.startex is not None else "-"


def log(board: ScreenState, pen: LineFormatter, rows: int) -> list[Text]:
    """Render the heading and the latest lines, the newest at the bottom."""
    styles = {Tone.BAD: BAD, Tone.GOOD: GOOD, Tone.NEUTRAL: ""}
    lines = [
        pen.line(pen.column(_since(board, at), 7, "dim", right=True), "  ", (line, styles[severity]))
        for at, line, severity in board.log_lines(max(0, rows - 1))
    ]
    return [pen.heading("Log"), *lines][: max(0, rows)]
