"""Panes of the screen: faults, signals, log.

Each fills at most its rows; the least important go first.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from gameday.boards.fault_board import ACTIVE_PHASES, FaultPhase, FaultStatus
from gameday.boards.signal_board import SignalStatus
from gameday.drill.decisions import ApplyFault, Decision
from gameday.drill.facilitator import scheduled_decisions
from gameday.events import Tone
from gameday.model import SignalKind
from gameday.terminal.glyphs import sparkline
from gameday.terminal.line_formatter import LineFormatter, StyledText
from gameday.terminal.schedule_pane import format_since_start
from gameday.terminal.screen_header import BAD, GOOD
from gameday.terminal.screen_state import ScreenState
from gameday.units import format_elapsed, format_remaining, format_value

MAX_FAULT_ROWS = 5
MIN_WRAPPED_LOG_ROWS = 6
"""Rows from which long lines of the log are wrapped: below, the number of lines matters more."""


def render_faults(board: ScreenState, fmt: LineFormatter, rows: int) -> list[Text]:
    """Render the phase of each fault, and its details as far as there are rows."""
    statuses = list(board.faults.all.values())
    rows_each = max(1, min(MAX_FAULT_ROWS, rows // max(1, len(statuses))))
    return [line for fault in statuses for line in (_fault(board, fault, fmt), *_details(fault, fmt, rows_each - 1))]


def _fault(board: ScreenState, fault: FaultStatus, fmt: LineFormatter) -> Text:
    active = fault.phase in ACTIVE_PHASES
    glyph = fmt.glyphs.active if active else fmt.glyphs.inactive
    what = f" {fault.kind} on {fault.target}" + (f" ({fault.params})" if fault.params else "")
    style = _fault_style(fault)
    return fmt.line(" ", (glyph, style), " FAULT", what, "  ", (f"{fault.phase}{_fault_time(board, fault)}", style))


def _fault_style(fault: FaultStatus) -> str:
    if fault.phase in ACTIVE_PHASES or fault.phase in (FaultPhase.LAPSED, FaultPhase.REFUSED):
        return BAD
    return GOOD if fault.phase is FaultPhase.REVERTED else ""


def _fault_time(board: ScreenState, fault: FaultStatus) -> str:
    if fault.phase is FaultPhase.SCHEDULED:
        decisions = scheduled_decisions(board.plan, board.state)
        at = next((at for at, decision in decisions if _applies(decision, fault)), None)
        return f" in {format_remaining(max(0.0, at - board.now))}" if at is not None else ""
    if fault.since is None:
        return ""
    until = fault.until if fault.until is not None else max(board.now, fault.since)
    return f" {'after' if fault.until is not None else 'for'} {format_elapsed(until - fault.since)}"


def _applies(decision: Decision, fault: FaultStatus) -> bool:
    return isinstance(decision, ApplyFault) and decision.planned.fault.id == fault.fault


def _details(fault: FaultStatus, fmt: LineFormatter, rows: int) -> list[Text]:
    """Render the details wrapped if there are rows for it, else truncated."""
    details: list[list[StyledText]] = [["   ", (fault.why, BAD)]] if fault.why else []
    details += _revert_details(fault)
    wrapped = [line for pieces in details for line in fmt.wrap(*pieces, indent=5)]
    return wrapped if len(wrapped) <= rows else [fmt.line(*pieces) for pieces in details][:rows]


def _revert_details(fault: FaultStatus) -> list[list[StyledText]]:
    if not fault.touches:
        return [[("   the revert is recorded before the fault is applied", "dim")]]
    if fault.phase not in ACTIVE_PHASES:
        return [[(f"   on {fault.touches}", "dim")]]
    auto_revert: list[StyledText] = ["   auto-reverts: ", (fault.behind, "bold"), f"; revert: {fault.reverts}"]
    return [auto_revert, [f"   on {fault.touches}"]]


NAME_WIDTH, VALUE_WIDTH = 18, 9
SCALE_WIDTH = 96
"""Columns from which there is room for the value of a full bar."""


def render_signals(board: ScreenState, fmt: LineFormatter, rows: int) -> list[Text]:
    """Render a row for each signal; those outside their limits have precedence."""
    statuses = list(board.signals.all.values())
    shown = _most_urgent(statuses, rows)
    width = min(34, max((len(signal.signal) for signal in shown), default=0), max(NAME_WIDTH, fmt.width // 5))
    shows_scale = fmt.width >= SCALE_WIDTH
    spare = fmt.width - width - (3 if shows_scale else 2) * VALUE_WIDTH - 34
    columns = _SignalColumns(width, max(8, min(30, spare)), shows_scale)
    lines = [_signals_heading(fmt, columns), *(_signal(signal, fmt, columns) for signal in shown)]
    if hidden := [signal for signal in statuses if signal not in shown]:
        outside = sum(signal.outside for signal in hidden)
        text = f"   and {len(hidden)} more, {outside or 'none'} outside limits"
        lines.append(fmt.line((text, BAD if outside else "dim")))
    return lines[: max(0, rows)]


def _most_urgent(statuses: list[SignalStatus], rows: int) -> list[SignalStatus]:
    if len(statuses) <= rows - 1:
        return statuses
    urgent = sorted(statuses, key=lambda signal: not (signal.outside or signal.value is None))[: max(0, rows - 2)]
    return [signal for signal in statuses if signal in urgent]


@dataclass(frozen=True, slots=True)
class _SignalColumns:
    """Widths of name and sparkline; values have VALUE_WIDTH, limits the rest.

    `shows_scale`: with a column for the value of a full bar.
    """

    name: int
    sparkline: int
    shows_scale: bool


def _signals_heading(fmt: LineFormatter, columns: _SignalColumns) -> Text:
    title = f"{fmt.glyphs.rule} Signals "
    begin = fmt.column(title + fmt.glyphs.rule * max(0, columns.name + 2 - len(title)), columns.name + 3)
    latest = fmt.column(f"last {columns.sparkline}", columns.sparkline, "dim")
    scale = [fmt.column("full bar", VALUE_WIDTH, "dim", right=True)] if columns.shows_scale else []
    pieces = [
        begin, fmt.column("now", VALUE_WIDTH, "dim", right=True), "  ", latest, *scale, " ",
        fmt.column("baseline", VALUE_WIDTH, "dim", right=True), ("  limit", "dim"),
    ]  # fmt: skip
    legend = f"{fmt.glyphs.outside} outside  {fmt.glyphs.unread} unknown"
    has_room = fmt.line(*pieces).cell_len + len(legend) < fmt.width
    return fmt.split_line(pieces, [(legend, "dim")]) if has_room else fmt.line(*pieces)


def _signal(signal: SignalStatus, fmt: LineFormatter, columns: _SignalColumns) -> Text:
    is_unknown = signal.value is None and bool(signal.history)  # without a reading it is early, not a failure
    glyph = fmt.glyphs.unread if is_unknown else fmt.glyphs.outside if signal.outside else " "
    style = BAD if signal.outside else "bold yellow" if is_unknown else ""
    begin: list[StyledText] = [" ", (glyph, style), " ", fmt.column(signal.signal, columns.name, style)]
    if signal.value is None:
        why = f": {signal.why}" if signal.why else ""
        return fmt.line(*begin, "  ", (f"cannot be read{why}" if is_unknown else signal.why, style or "dim"))
    top = signal.scale_top()
    drawn = sparkline(list(signal.history)[-columns.sparkline :], top, fmt.glyphs)
    scale = [fmt.column(format_value(top, signal.kind), VALUE_WIDTH, "dim", right=True)] if columns.shows_scale else []
    baseline = format_value(signal.baseline, signal.kind) if signal.baseline is not None else "-"
    value = f"{'> ' if signal.is_lower_bound else ''}{format_value(signal.value, signal.kind)}"
    return fmt.line(
        *begin, fmt.column(value, VALUE_WIDTH, style, right=True), "  ",
        fmt.column(drawn, columns.sparkline, style or "cyan"), *scale, " ",
        fmt.column(baseline, VALUE_WIDTH, right=True), "  ", _limit(signal),
        (f"  n {signal.n}" if signal.kind is not SignalKind.ALERT else "", "dim"),
    )  # fmt: skip


def _limit(signal: SignalStatus) -> str:
    if signal.kind is SignalKind.ALERT:
        return "silent"
    return f"halts {signal.limit}" if signal.forbidden else signal.limit.removeprefix("good: ") or "-"


def render_log(board: ScreenState, fmt: LineFormatter, rows: int) -> list[Text]:
    """Render the heading and the latest lines, the newest at the bottom."""
    styles = {Tone.BAD: BAD, Tone.GOOD: GOOD, Tone.NEUTRAL: ""}
    lines: list[Text] = []
    for at, text, tone in board.log_lines(max(0, rows - 1)):
        pieces = fmt.column(format_since_start(board, at), 7, "dim", right=True), "  ", (text, styles[tone])
        lines += fmt.wrap(*pieces, indent=9) if rows >= MIN_WRAPPED_LOG_ROWS else [fmt.line(*pieces)]
    return [fmt.heading("Log"), *lines[max(0, len(lines) - rows + 1) :]][: max(0, rows)]
