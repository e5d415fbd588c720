"""End of a drill: revert and verify, restore actions, wait for steady state, record the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gameday.clock import Clock
from gameday.drill import phase
from gameday.drill.action_runner import ActionRunner
from gameday.drill.decisions import FinishDrill
from gameday.drill.ledger import Ledger
from gameday.drill.log import Log
from gameday.drill.observers import ObserverGroup
from gameday.drill.observers.effect import EFFECT_TIMEOUT_S
from gameday.drill.observers.observer import BaselineValues
from gameday.drill.reading_collector import ReadingCollector
from gameday.drill.revert.attribution import attribute_recovery
from gameday.drill.revert.restore_actions import LOAD, CommandContext, actions_to_restore, restore_actions
from gameday.events import (
    Ended,
    NewEvent,
    ProblemReported,
    Recovered,
    RevertStarted,
    SteadyStateChecked,
)
from gameday.model import EndReason, Mode, Phase, Plan
from gameday.moments import Moment
from gameday.plugins.types import Intent
from gameday.signals.expectation_evaluator import WindowVerdict
from gameday.timing import DEFAULT_TIMING, Timing


def steady_state_timeout(plan: Plan, reason: EndReason, timing: Timing) -> float:
    """Return the seconds to wait for steady state after the reverts.

    An effect that has longer than usual to show, such as by a file that a cluster updates, has as much longer to end.
    """
    if reason is EndReason.HALTED and not plan.scenario.on_halt:
        return timing.steady_timeout_halted
    usual = timing.steady_timeout_rehearsal if plan.mode is Mode.REHEARSAL else timing.steady_timeout_people
    times = [fault.shows.by for fault in plan.scenario.faults if fault.shows and fault.shows.by]
    slowest = max((time.latest for time in times if time.moment is Moment.FAULT), default=0.0)
    return usual + max(0.0, slowest - EFFECT_TIMEOUT_S)


class DrillClosing:
    """Closing of one drill. `pause` waits a little and keeps the screen updated."""

    def __init__(
        self,
        plan: Plan,
        log: Log,
        ledger: Ledger,
        collector: ReadingCollector,
        observers: ObserverGroup,
        baseline: BaselineValues,
        clock: Clock,
        pause: Callable[[float], None],
        actions: ActionRunner,
        commands: CommandContext,
        timing: Timing = DEFAULT_TIMING,
    ) -> None:
        self._plan = plan
        self._log = log
        self._ledger = ledger
        self._collector = collector
        self._observers = observers
        self._baseline = baseline
        self._clock = clock
        self._pause = pause
        self._actions = actions
        self._commands = commands
        self._timing = timing

    def run(self, finish: FinishDrill) -> list[Intent]:
        """Close the drill; return the faults that could not be reverted, which leave the drill stuck."""
        self._final_judgements()
        by = attribute_recovery(self._log.state)
        phase.change_phase(self._log, Phase.REVERTING)
        self._log.append(NewEvent(RevertStarted(finish.why, len(self._ledger.outstanding()))))
        is_halt = finish.reason is EndReason.HALTED
        outstanding = self._ledger.revert_all(keep_silence=not is_halt)
        self._actions.finish(cancel=is_halt)
        if outstanding:
            self._restore([])
            return self._leave(outstanding + self._ledger.revert_silence())
        on_halt = self._run_on_halt() if is_halt else []
        self._restore([LOAD, *on_halt])
        is_steady = self._await_steady_state(finish, by)
        self._restore_on_halt(on_halt, is_steady=is_steady)
        self._restore([])
        if silences := self._ledger.revert_silence():  # only now: alerts of the fault have had time to end
            return self._leave(silences)
        self._log.append(NewEvent(Ended(finish.reason, finish.why)))
        phase.change_phase(self._log, Phase.DONE)
        return []

    def _leave(self, outstanding: list[Intent]) -> list[Intent]:
        """Leave what could not be reverted to the guardian; return it without repetition."""
        phase.change_phase(self._log, Phase.STUCK)
        return list({intent.marker: intent for intent in outstanding}.values())

    def _run_on_halt(self) -> list[str]:
        """Run the scenario's actions for an outage that outlives its fault; return those that worked."""
        return [action for action in self._plan.scenario.on_halt if not self._actions.run(action)]

    def _restore(self, later: Sequence[str]) -> None:
        """Undo what ran, except what has to wait until steady state was awaited."""
        items = [item for item in actions_to_restore(self._log.events) if item not in later]
        restore_actions(items, self._log.events, self._commands)

    def _restore_on_halt(self, actions: list[str], *, is_steady: bool) -> None:
        """Undo the actions that ran on the halt, unless steady state has not returned: then a person has to."""
        if is_steady:
            restore_actions(actions, self._log.events, self._commands)
            return
        for action in actions:
            text = f"{action} is still in effect, because steady state has not returned"
            self._log.append(self._commands.cleanup(action, "owed", text))

    def _final_judgements(self) -> None:
        """Record what can only be judged now; a failure here must not delay the reverts."""
        try:
            self._log.append(*self._observers.finalize(self._clock.monotonic(), self._log.state))
        except Exception as error:
            self._log.append(NewEvent(ProblemReported(f"{type(error).__name__}: {error}")))

    def _await_steady_state(self, finish: FinishDrill, by: str) -> bool:
        """Wait for steady state and record it; a recovery measured only after our own revert is censored."""
        since = self._clock.monotonic()
        limit = steady_state_timeout(self._plan, finish.reason, self._timing)
        steady = self._plan.scenario.steady_state  # a rate still looks back at the fault: good in spite of it is good
        evaluators = [self._baseline.evaluator(expectation, whole_windows=False) for expectation in steady]
        failing = ["not checked"]
        while failing and self._clock.monotonic() - since < limit:
            self._pause(0.05)
            for reading in self._collector.drain():
                for evaluator in evaluators:
                    evaluator.feed(reading)
            now = self._clock.monotonic()
            judgements = [evaluator.evaluate(now, since) for evaluator in evaluators]
            failing = [judgement.say for judgement in judgements if judgement.verdict is not WindowVerdict.MET]
        failing += self._ledger.find_unsettled() if failing else []
        moments = self._log.state.moments
        if not failing and Moment.IMPACT in moments and Moment.RECOVERED not in moments:
            self._log.append(NewEvent(Recovered(True, by, finish.why)))
        was_left = Moment.IMPACT in moments
        self._log.append(NewEvent(SteadyStateChecked("after", not failing, tuple(failing), was_left)))
        return not failing
