"""The drill as lines, for pipes, schedulers and terminals without cursor control."""

from __future__ import annotations

import sys
from typing import TextIO

from typing_extensions import override

from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Ended, Event, PreflightChecked, format_plain, log_text
from gameday.model import EndReason, Mode, Plan, Reading
from gameday.moments import Moment
from gameday.terminal.glyphs import write_line
from gameday.terminal.screen_state import WatchCaption
from gameday.units import format_elapsed


class LineView(View):
    """Base of the views that print a line for an event, and nothing for a reading or a tick."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream`: standard output if None."""
        self._stream = stream or sys.stdout

    @override
    def reading(self, reading: Reading) -> None:
        """Print nothing: what readings mean comes as events, and responders use their own tools."""

    @override
    def tick(self, now: float, state: DrillState) -> None:
        """Print nothing: only events are printed."""

    @override
    def end(self) -> None:
        self._stream.flush()

    def _write(self, text: str) -> None:
        write_line(text, self._stream)


class PlainView(LineView):
    """Lines of a drill: time since the start (T) and the fault (F), and the event."""

    def __init__(self, stream: TextIO | None = None, caption: WatchCaption | None = None) -> None:
        super().__init__(stream)
        self._caption = caption
        self._kinds: dict[str, str] = {}

    @override
    def begin(self, plan: Plan) -> None:
        self._kinds = {name: binding.kind.value for name, binding in plan.environment.signals.items()}
        noun = "rehearsal" if plan.mode is Mode.REHEARSAL else "drill"
        mitigation = f", mitigation {plan.mitigation}" if plan.mitigation else ""
        self._write(f"This is a {noun}: {plan.drill} in {plan.environment.name}{mitigation}.")
        stop = "Ctrl-C stops the drill and reverts all faults; in any terminal: gameday stop."
        self._write(self._caption.footer if self._caption else stop)
        self._write("T: time since the start. F: time since the fault.")

    @override
    def event(self, event: Event, state: DrillState) -> None:
        if self._caption is None and _is_reported_by_command(event):
            return
        if event.body.is_noteworthy():
            since = _offset("T", event.happened, state.started_at)
            fault = _offset("F", event.happened, state.moments.get(Moment.FAULT))
            self._write(f"{since:<9}{fault:<9}{format_plain(log_text(event, self._kinds))}".rstrip())


def _is_reported_by_command(event: Event) -> bool:
    """Return True if the event is a refusal of preflight, which the command reports on stderr."""
    match event.body:
        case Ended(reason=reason):
            return reason is EndReason.REFUSED
        case PreflightChecked(passed=passed):
            return not passed
        case _:
            return False


def _offset(letter: str, at: float, zero: float | None) -> str:
    """Format `T+1:05`; a dash without a reference time, or before it."""
    return f"{letter}+{format_elapsed(at - zero)}" if zero is not None and at >= zero else f"{letter} -"
