"""The end of a drill: revert, read back, hand back, steady state again, ENDEX."""

from __future__ import annotations

from collections.abc import Callable

from gameday.clock import Clock
from gameday.drill import phase
from gameday.drill.decisions import Finish
from gameday.drill.environment_commands import run_command
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.observers import ObserverGroup
from gameday.drill.observers.observer import Baseline
from gameday.drill.reading_collector import ReadingCollector
from gameday.drill.revert.attribution import attribute_recovery
from gameday.drill.revert.restore_actions import LOAD, Commands, actions_to_restore, commands, restore_actions
from gameday.events import (
    ActionFinished,
    ActionStarted,
    CleanedUp,
    Ended,
    NewEvent,
    Problem,
    Recovered,
    RevertBegun,
    SteadyStateChecked,
)
from gameday.model import EndReason, Mode, Phase, Plan
from gameday.moments import Moment
from gameday.plugins.types import Intent
from gameday.signals.expectation_evaluator import Verdict
from gameday.timing import DEFAULT_TIMING, Timing


class Closing:
    """`pause` waits a little and keeps the screen going; `settle` waits for an action that is under way."""

    def __init__(
        self,
        plan: Plan,
        log: Log,
        ledger: Ledger,
        gauges: ReadingCollector,
        watching: ObserverGroup,
        ground: Baseline,
        clock: Clock,
        pause: Callable[[float], None],
        settle: Callable[[], None],
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._plan = plan
        self._log = log
        self._ledger = ledger
        self._gauges = gauges
        self._watching = watching
        self._ground = ground
        self._clock = clock
        self._pause = pause
        self._settle = settle
        self._timing = timing

    def run(self, finish: Finish) -> list[Intent]:
        """Returns what could not be taken back; then the drill is stuck, and not over."""
        self._final_judgements()
        by = attribute_recovery(self._log.state)
        phase.change(self._log, Phase.REVERTING)
        self._log.append(NewEvent(RevertBegun(finish.why)))
        left = self._ledger.revert_all()
        if left:
            phase.change(self._log, Phase.STUCK)
            return left
        self._settle()
        back = commands(self._plan.environment)
        on_halt = self._run_on_halt() if finish.reason is EndReason.HALTED else []
        kept = {LOAD, *on_halt}
        to_restore = [item for item in actions_to_restore(self._log.events) if item not in kept]
        restore_actions(to_restore, back, self._log.append)
        is_steady = self._await_steady_state(finish, by)
        self._restore_on_halt(on_halt, back, is_steady=is_steady)
        restore_actions(
            actions_to_restore(self._log.events), {LOAD: back[LOAD]} if LOAD in back else {}, self._log.append
        )
        self._log.append(NewEvent(Ended(finish.reason, finish.why)))
        phase.change(self._log, Phase.DONE)
        return []

    def _run_on_halt(self) -> list[str]:
        """Run the scenario's actions for an outage that outlives its fault; return those that worked."""
        worked: list[str] = []
        for action in self._plan.scenario.on_halt:
            self._log.append(NewEvent(ActionStarted(action)))
            error = run_command(self._plan.environment.actions[action].do)
            self._log.append(NewEvent(ActionFinished(action, not error, error or f"{action} was done")))
            worked += [] if error else [action]
        return worked

    def _restore_on_halt(self, actions: list[str], back: Commands, *, is_steady: bool) -> None:
        """Undo what was run on the halt; while steady state has not returned it stays, and a person has to."""
        if is_steady:
            restore_actions(actions, back, self._log.append)
            return
        for action in actions:
            left = f"{action} is still in effect, because steady state has not returned"
            self._log.append(NewEvent(CleanedUp(action, "owed", left)))

    def _final_judgements(self) -> None:
        """What can only be judged now; nothing that goes wrong here may stand before the reverts."""
        try:
            self._log.append(*self._watching.finalize(self._clock.monotonic(), self._log.state))
        except Exception as error:
            self._log.append(NewEvent(Problem(f"{type(error).__name__}: {error}")))

    def _steady_timeout(self, finish: Finish) -> float:
        if finish.reason is EndReason.HALTED and not self._plan.scenario.on_halt:
            return self._timing.steady_timeout_halted
        rehearsal = self._plan.mode is Mode.REHEARSAL
        return self._timing.steady_timeout_rehearsal if rehearsal else self._timing.steady_timeout_people

    def _await_steady_state(self, finish: Finish, by: str) -> bool:
        """Wait for steady state; a recovery that is measured only after our own revert is censored."""
        since = self._clock.monotonic()
        limit = self._steady_timeout(finish)
        watches = [self._ground.evaluator(one) for one in self._plan.scenario.steady_state]
        failing = ["not looked at"]
        while failing and self._clock.monotonic() - since < limit:
            self._pause(0.05)
            for reading in self._gauges.drain():
                for watch in watches:
                    watch.feed(reading)
            now = self._clock.monotonic()
            judgements = [watch.evaluate(now, since) for watch in watches]
            failing = [one.say for one in judgements if one.verdict is not Verdict.MET]
        failing += self._ledger.unsettled() if failing else []
        if not failing and Moment.FAULT in self._log.state.moments and Moment.RECOVERED not in self._log.state.moments:
            self._log.append(NewEvent(Recovered(True, by, finish.why)))
        self._log.append(NewEvent(SteadyStateChecked("after", not failing, tuple(failing))))
        return not failing
