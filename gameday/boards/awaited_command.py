"""Command that a drill awaits at its end: an action that still runs, or the undo of one; a fold of its events."""

from __future__ import annotations

from gameday.events import (
    ActionFinished,
    ActionStarted,
    CleanupRecorded,
    CommandStarted,
    Ended,
    Event,
    PhaseChanged,
)
from gameday.model import COMMAND_TIMEOUT_S, Environment, Phase
from gameday.units import format_duration


class AwaitedCommand:
    """Commands of a drill's actions and load. `since`: when the awaited one began (CLOCK_MONOTONIC)."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._running: dict[str, float] = {}
        self._undone = ""
        self._undo_began = 0.0
        self._is_closing = False

    def event(self, event: Event) -> None:
        """Fold one more event."""
        match event.body:
            case PhaseChanged(after=phase):
                self._is_closing = phase in (Phase.REVERTING, Phase.STUCK)
            case ActionStarted(action=action):
                self._running[action] = event.at
            case ActionFinished(action=action):
                self._running.pop(action, None)
            case CommandStarted(item=item, undoes=True):
                self._undone, self._undo_began = item, event.at
            case CleanupRecorded() | Ended():
                self._undone = ""
            case _:
                pass

    @property
    def since(self) -> float:
        return self._undo_began if self._undone else min(self._running.values(), default=0.0)

    @property
    def awaited(self) -> str:
        """Noun phrase for what is awaited, with its limit; empty while nothing is."""
        if self._undone:
            return f"the undo of {self._undone}, which may take {self._limit(self._undone)}"
        if self._is_closing and self._running:
            action = min(self._running, key=self._running.__getitem__)
            return f"the end of action {action}, which may take {self._limit(action)}"
        return ""

    def _limit(self, item: str) -> str:
        commands = self._environment.actions.get(item) or self._environment.load
        return format_duration(commands.timeout if commands else COMMAND_TIMEOUT_S)
