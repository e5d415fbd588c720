"""What the loop tells whoever is watching. Nothing of a drill depends on a view being alive."""

from __future__ import annotations

from typing import Protocol

from typing_extensions import override

from gameday.drill.state import State
from gameday.events import Event
from gameday.model import Plan, Reading


class View(Protocol):
    """Called from the loop's thread; must return at once and never raise."""

    def begin(self, plan: Plan) -> None:
        """A drill is about to begin; several may follow one another in one rehearsal."""
        ...

    def event(self, event: Event, state: State) -> None:
        """One more line of the log, and the state after it."""
        ...

    def reading(self, reading: Reading) -> None: ...

    def tick(self, now: float, state: State) -> None:
        """About ten times a second; `now` is CLOCK_MONOTONIC."""
        ...

    def end(self) -> None:
        """The drill is over; the terminal is given back."""
        ...


class NoView(View):
    """For guardians, tests and schedulers that want silence."""

    @override
    def begin(self, plan: Plan) -> None: ...
    @override
    def event(self, event: Event, state: State) -> None: ...
    @override
    def reading(self, reading: Reading) -> None: ...
    @override
    def tick(self, now: float, state: State) -> None: ...
    @override
    def end(self) -> None: ...
