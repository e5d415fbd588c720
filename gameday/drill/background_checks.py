"""Threads beside the loop of a running drill: leases are renewed, somebody could stop it, and no incident is open."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gameday.clock import Clock
from gameday.drill.control.drill_registry import RunningDrill
from gameday.drill.inbox import Inbox
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.state import DrillState
from gameday.drill.team_checks import ask_for_incidents
from gameday.events import Halted, NewEvent, ProblemReported
from gameday.model import Environment, Phase

RENEWAL_INTERVAL_S = 1.5
INCIDENT = "a real incident is open"


class BackgroundChecks:
    """Checks of one drill, from its start until `over` is set. What they find goes to the inbox."""

    def __init__(
        self, environment: Environment, running: RunningDrill, log: Log, ledger: Ledger, inbox: Inbox, clock: Clock,
        tick: Callable[[float, DrillState], None], over: threading.Event, incident_interval: float,
    ) -> None:  # fmt: skip
        """`tick`: refreshes the screen while reverts hold up the loop; `incident_interval`: seconds."""
        self._environment, self._running = environment, running
        self._log, self._ledger, self._inbox, self._clock = log, ledger, inbox, clock
        self._tick, self._over, self._incident_interval = tick, over, incident_interval
        self._failure = ""

    def start(self) -> None:
        """Start the threads; incidents are asked for only where the environment names a source."""
        threading.Thread(target=self._renew_leases, name="leases", daemon=True).start()
        threading.Thread(target=self._watch_stop_orders, name="stop orders", daemon=True).start()
        if self._environment.silence:
            threading.Thread(target=self._renew_silence, name="silence", daemon=True).start()
        if self._environment.incidents:
            threading.Thread(target=self._watch_incidents, name="incidents", daemon=True).start()

    def _renew_leases(self) -> None:
        while not self._over.wait(RENEWAL_INTERVAL_S):
            self._ledger.renew_and_check()
            self._require_registered()
            if self._log.state.phase is Phase.REVERTING:  # an undo may hold up the loop's own ticks
                self._tick(self._clock.monotonic(), self._log.state)

    def _watch_stop_orders(self) -> None:
        while not self._over.wait(RENEWAL_INTERVAL_S):
            if self._log.state.phase is Phase.RUNNING:
                self._ledger.stop_orders.check()

    def _renew_silence(self) -> None:
        """Renew the silence in a thread of its own: an Alertmanager that hangs must let no fault's lease expire."""
        while not self._over.wait(RENEWAL_INTERVAL_S):
            self._ledger.renew_silence()

    def _require_registered(self) -> None:
        """Halt a drill whose files in the runtime folder are gone: no command would find it to stop it."""
        if self._log.state.phase is Phase.RUNNING and not self._running.is_registered():
            self._inbox.put(NewEvent(Halted("its files in the runtime folder were removed, so nobody could stop it")))

    def _watch_incidents(self) -> None:
        while not self._over.wait(self._incident_interval):
            if self._log.state.phase is Phase.RUNNING and not self._log.state.halt_reason:
                self._check_incidents()

    def _check_incidents(self) -> None:
        """Halt if an incident is open; a source that does not answer is reported once, until it answers again."""
        answer = ask_for_incidents(self._environment, self._log.drill)
        if answer.open:
            self._inbox.put(NewEvent(Halted(f"{INCIDENT}: {answer.describe_open()}", INCIDENT)))
        failure = answer.describe_failures()
        if failure and not self._failure:
            self._inbox.put(NewEvent(ProblemReported(f"open incidents are unknown: {failure}")))
        self._failure = failure
