"""Orders on an engine to stop all drills, which halt this one: anyone with rights there may give one."""

from __future__ import annotations

from collections.abc import Callable

from gameday.drill.log import Log
from gameday.events import Halted, NewEvent

ALREADY_REVERTED = "the guardian has already reverted the fault"


class StopOrders:
    """Orders that one drill obeys. `find`: the order in effect, empty for none; it may ask an engine."""

    def __init__(self, log: Log, find: Callable[[], str]) -> None:
        self._log, self._find = log, find

    def check(self, detail: str = "") -> bool:
        """Halt the drill if it is ordered to stop; return True if it is. `detail`: what else is known of it."""
        order = self._find()
        if order and not self._log.state.halt_reason:
            self._log.append(NewEvent(Halted("; ".join(filter(None, (order, detail))))))
        return bool(order)
