"""View of a drill as lines, with a progress line while preflight waits for readings, load and traffic."""

from __future__ import annotations

from contextlib import ExitStack

from typing_extensions import override

from gameday.cli.progress import clear_progress, progress
from gameday.drill.state import DrillState
from gameday.drill.view import View
from gameday.events import Ended, Event, PreflightPassed, Started
from gameday.model import Plan, Reading


class PreflightProgress(View):
    """View that shows how long preflight has been waiting, until the drill starts or ends."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._wait = ExitStack()

    @override
    def begin(self, plan: Plan) -> None:
        self._view.begin(plan)
        self._wait.enter_context(progress("preflight: targets, readings, load and steady state"))

    @override
    def event(self, event: Event, state: DrillState) -> None:
        if isinstance(event.body, PreflightPassed | Started | Ended):
            self._wait.close()
        clear_progress()
        self._view.event(event, state)

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
