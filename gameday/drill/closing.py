"""The end of a drill: revert, read back, hand back, steady state again, ENDEX."""

from __future__ import annotations

from collections.abc import Callable

from gameday.clock import Clock
from gameday.contract import Intent
from gameday.drill import phase
from gameday.drill.actions import run_command
from gameday.drill.facilitator import Finish
from gameday.drill.gauges import Gauges
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.watching import Watching
from gameday.drill.watching.follower import Ground
from gameday.events import Draft
from gameday.model import Mode, Phase, Plan
from gameday.moments import Moment
from gameday.signals.watch import Verdict

STEADY_WITHIN = {Mode.REHEARSAL: 30.0, Mode.SOLO: 120.0, Mode.FACILITATED: 120.0}
STEADY_WITHIN_HALTED = 10.0


class Closing:
    """`pause` waits a little and keeps the screen going; `settle` waits for an action that is under way."""

    def __init__(
        self, plan: Plan, log: Log, ledger: Ledger, gauges: Gauges, watching: Watching, ground: Ground, clock: Clock,
        pause: Callable[[float], None], settle: Callable[[], None],
    ) -> None:  # fmt: skip
        self._plan = plan
        self._log = log
        self._ledger = ledger
        self._gauges = gauges
        self._watching = watching
        self._ground = ground
        self._clock = clock
        self._pause = pause
        self._settle = settle

    def run(self, finish: Finish, *, load_started: bool) -> list[Intent]:
        """Returns what could not be taken back; then the drill is stuck, and not over."""
        self._log.append(*self._watching.finals(self._clock.monotonic(), self._log.state))
        phase.change(self._log, Phase.REVERTING)
        self._log.append(Draft("reverting", {"why": finish.why}))
        left = self._ledger.revert_all()
        if left:
            phase.change(self._log, Phase.STUCK)
            return left
        self._hand_back()
        self._steady(finish)
        if load_started:
            self._stop_load()
        self._log.append(Draft("end", {"reason": finish.reason, "say": finish.why}))
        phase.change(self._log, Phase.DONE)
        return []

    def _hand_back(self) -> None:
        """What responders did differs from before and is not ours: put it back where the environment says how."""
        self._settle()
        for name in reversed(list(self._log.state.actions)):
            undo = self._plan.environment.actions[name].undo
            error = run_command(undo) if undo else "the environment does not say how to take it back"
            say = f"{name}: {error}" if error else f"{name} was taken back"
            self._log.append(
                Draft("handed-back", {"item": name, "result": "owed" if error else "put back", "say": say})
            )

    def _stop_load(self) -> None:
        load = self._plan.environment.load
        error = run_command(load.stop) if load else ""
        say = f"load: {error}" if error else "the load that the drill started was stopped"
        self._log.append(Draft("handed-back", {"item": "load", "result": "owed" if error else "put back", "say": say}))

    def _steady(self, finish: Finish) -> None:
        """Wait for steady state; a recovery that our own revert brought is censored."""
        since = self._clock.monotonic()
        limit = STEADY_WITHIN_HALTED if finish.reason == "halted" else STEADY_WITHIN[self._plan.mode]
        watches = [self._ground.watch(one) for one in self._plan.scenario.steady_state]
        failing = ["not looked at"]
        while failing and self._clock.monotonic() - since < limit:
            self._pause(0.05)
            for reading in self._gauges.new():
                for watch in watches:
                    watch.feed(reading)
            now = self._clock.monotonic()
            judgements = [watch.judge(now, since) for watch in watches]
            failing = [one.say for one in judgements if one.verdict is not Verdict.MET]
        if not failing and Moment.FAULT in self._log.state.moments and Moment.RECOVERED not in self._log.state.moments:
            self._log.append(Draft("recovered", {"censored": True, "by": "our own revert", "say": finish.why}))
        self._log.append(Draft("steady", {"when": "after", "holds": not failing, "failing": list(failing)}))
