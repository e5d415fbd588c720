"""A drill's board together with the state of the terminal screen that shows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from gameday.boards.drill_board import DrillBoard
from gameday.drill.state import DrillState
from gameday.events import Event, Prediction, Retracted, Tone, format_plain, log_text
from gameday.model import Plan

MAX_LOG_LINES = 60


@dataclass(frozen=True, slots=True)
class WatchCaption:
    """Mark and footer of a screen that only shows a drill: a replay, a second terminal."""

    mark: str
    footer: str


@dataclass(frozen=True, slots=True)
class StderrLine:
    """Line that the program wrote on stderr while the screen was taken; `at` is CLOCK_MONOTONIC."""

    at: float
    text: str


class ScreenState(DrillBoard):
    """Board of one drill, with the facilitator's selection and the lines of the log pane."""

    def __init__(self, plan: Plan, token: str = "", caption: WatchCaption | None = None) -> None:
        """`token` gives other terminals the facilitator's view."""
        super().__init__(plan)
        self.token = token
        self.caption = caption
        self.log: deque[Event | StderrLine] = deque(maxlen=MAX_LOG_LINES)
        self.selected: int | None = None
        """The message that the facilitator selected."""
        self.highlighted: int | None = None
        """The message that keys apply to: the selected one, or else the next."""
        self._signal_kinds = {name: binding.kind.value for name, binding in plan.environment.signals.items()}

    @override
    def event(self, event: Event, state: DrillState) -> None:
        super().event(event, state)
        if event.body.is_noteworthy():
            self.log.append(event)
        if isinstance(event.body, Retracted):
            self._remove_from_log(event.body.entries)

    def _remove_from_log(self, entries: Sequence[int]) -> None:
        kept = [line for line in self.log if isinstance(line, StderrLine) or line.seq not in entries]
        self.log = deque(kept, maxlen=MAX_LOG_LINES)

    def add_stderr_line(self, line: str) -> None:
        self.log.append(StderrLine(self.now, line))

    def log_lines(self, count: int) -> list[tuple[float, str, Tone]]:
        """Return the latest lines of the log pane: time, text, emphasis."""
        latest = list(self.log)[-count:] if count else []
        return [self._log_line(entry) for entry in latest]

    def _log_line(self, entry: Event | StderrLine) -> tuple[float, str, Tone]:
        if isinstance(entry, StderrLine):
            return entry.at, entry.text, Tone.BAD
        # the room may see this screen: a prediction stays sealed
        sealed = isinstance(entry.body, Prediction)
        text = "Prediction submitted" if sealed else format_plain(log_text(entry, self._signal_kinds))
        return entry.happened, text, entry.body.tone()

    @property
    def cleanup_text(self) -> str:
        """Cleanups left to people after the end; empty if there are none."""
        owed, no_undo = (", ".join(items) for items in self.cleanups.values())
        restore = f" To restore: {owed}." if owed else ""
        return restore + (f" Check what you changed by hand: {no_undo}." if no_undo else "")
