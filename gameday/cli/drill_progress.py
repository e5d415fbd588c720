"""View of a drill as lines, with a progress line while it waits: in preflight, and for commands at its end."""

from __future__ import annotations

from contextlib import ExitStack

from typing_extensions import override

from gameday.boards.awaited_command import AwaitedCommand
from gameday.cli.progress import clear_progress, progress
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Ended, Event, PreflightPassed, Started
from gameday.model import Plan, Reading


class DrillProgress(View):
    """View that shows how long preflight has been waiting, and at the end which command is awaited."""

    def __init__(self, view: View, *, plain: bool = False) -> None:
        """`plain`: lines that stay, also on a terminal, as a screen reader needs them."""
        self._view = view
        self._plain = plain
        self._wait = ExitStack()
        self._awaited = ""

    @override
    def begin(self, plan: Plan) -> None:
        self._view.begin(plan)
        self._commands = AwaitedCommand(plan.environment)
        self._wait.enter_context(progress("preflight: targets, readings, load and steady state", plain=self._plain))

    @override
    def event(self, event: Event, state: DrillState) -> None:
        self._commands.event(event)
        if isinstance(event.body, PreflightPassed | Started | Ended):
            self._wait.close()
        clear_progress()
        self._view.event(event, state)
        self._show_command()

    def _show_command(self) -> None:
        awaited = self._commands.awaited
        if awaited != self._awaited:
            self._wait.close()
            self._awaited = awaited
            if awaited:
                self._wait.enter_context(progress(awaited, plain=self._plain))

    @override
    def reading(self, reading: Reading) -> None:
        self._view.reading(reading)

    @override
    def tick(self, now: float, state: DrillState) -> None:
        self._view.tick(now, state)

    @override
    def end(self) -> None:
        self._wait.close()
        self._view.end()
