"""View of a drill for one screen. A failing view never affects the drill."""

from __future__ import annotations

from typing import Protocol

from typing_extensions import override

from gameday.drill.state import DrillState
from gameday.events import Event
from gameday.model import Plan, Reading


class View(Protocol):
    """Called from the loop's thread; must return at once and never raise."""

    def begin(self, plan: Plan) -> None:
        """Show that a drill is about to start; a rehearsal may run several in a row."""
        ...

    def event(self, event: Event, state: DrillState) -> None:
        """Show one more event; `state` is the state after it."""
        ...

    def reading(self, reading: Reading) -> None: ...

    def tick(self, now: float, state: DrillState) -> None:
        """Update the clock, about ten times a second; `now` is CLOCK_MONOTONIC."""
        ...

    def end(self) -> None:
        """Release the terminal at the end of the drill."""
        ...


class NoView(View):
    """For guardians, tests and schedulers that want silence."""

    @override
    def begin(self, plan: Plan) -> None: ...
    @override
    def event(self, event: Event, state: DrillState) -> None: ...
    @override
    def reading(self, reading: Reading) -> None: ...
    @override
    def tick(self, now: float, state: DrillState) -> None: ...
    @override
    def end(self) -> None: ...
